"""Who publishes a model, and what to call it: from an address that says so, else the block's own text, undivided."""

from __future__ import annotations

from seamline.blocks.names import Block, parse_block
from seamline.catalog.entries import Model


def hub_id(model: Model) -> str:
    """`owner/name` of the model on its hub; empty where nothing settles which part of the block is the owner.

    The catalog's `weights.repo` is first; then a block of two words, or one whose division the repository settles.
    """
    if model.weights:
        return model.weights.repo
    divided = parse_block(model.block).divided(model.github or "")
    return "/".join(divided) if divided else ""


def origin(model: Model) -> str:
    """`hub_id` of a model, else owner and name as its block gives them, undivided."""
    return hub_id(model) or parse_block(model.block).model


def model_title(model: Model) -> str:
    """What people call a model: its title, else its name on the hub, else what its block says, undivided."""
    return model.title or origin(model).rpartition("/")[2]


def label_of(model: Model) -> str:
    """What stands under what a model made: its title; one of the project's own says so, and what it is not."""
    title = model.title or model.block
    return f"{title} (ours, in the role of {model.in_role_of.name}, not it)" if model.in_role_of else title


def name_in(block: Block, repository: str = "") -> str:
    """The model's own name where the owner is known, else owner and name undivided: what an id is made from."""
    divided = block.divided(repository)
    return divided[1] if divided else block.model
