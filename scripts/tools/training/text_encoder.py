"""The text encoder: a vocabulary of our own words, pretrained by parsing instructions.

Trained together with the U-Net from CLIP's default initialisation, a text encoder this
small collapses: "left" and "right" get the same representation. So it is first trained
alone, to predict what an instruction asks for: kind, person, and each attribute's value.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn

from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap, apply
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, Scene
from tools.training.config import TextPlan
from tools.training.instructions import phrase
from tools.training.pairs import between, edit_for

Tokenizer: TypeAlias = Any
"""A `transformers.CLIPTokenizer`."""
TextEncoder: TypeAlias = Any
"""A `transformers.CLIPTextModel`."""

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
_PLACES = ("none", "left", "middle", "right")
_KINDS = ("swap", "exchange", "attribute", "expression", "nothing")
_HEADS: Mapping[str, tuple[str, ...]] = {
    "kind": _KINDS,
    "person": _PLACES,
    "other": _PLACES,
    "expression": ("unnamed", *EXPRESSIONS),
    "take off": ("nothing", "glasses", "beard", "hat"),
    **{name: ("unnamed", *row) for name, row in IDENTITY_GRID.items()},
}
"""What the parser predicts of an instruction, and the classes of each prediction."""


@dataclass(frozen=True, slots=True)
class InstructionExample:
    """An instruction and what it asks for: a class per head of the parser."""

    instruction: str
    labels: Mapping[str, str]


def build_tokenizer(plan: TextPlan, seed: int = 0) -> Tokenizer:
    """A CLIP tokenizer whose byte-pair merges were trained on our own training sentences.

    Every word of ours is one token; any other text is split into bytes, so that no input fails.
    """
    from tokenizers import Tokenizer as Backend
    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer
    from transformers import CLIPTokenizer

    stock = CLIPTokenizer(vocab={BOS: 0, EOS: 1}, merges=[])
    alphabet = sorted(_byte_alphabet())
    backend = Backend(BPE(end_of_word_suffix="</w>"))
    backend.normalizer = stock.backend_tokenizer.normalizer
    backend.pre_tokenizer = stock.backend_tokenizer.pre_tokenizer
    trainer = BpeTrainer(
        vocab_size=3000, min_frequency=1, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    backend.train_from_iterator((example.instruction for example in take(instruction_examples(seed), 20_000)), trainer)
    merges = _merges(backend)
    pieces = [*alphabet, *(f"{letter}</w>" for letter in alphabet), *(first + second for first, second in merges)]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys([*pieces, BOS, EOS]))}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=plan.tokens)


def build_text_encoder(plan: TextPlan, tokenizer: Tokenizer) -> TextEncoder:
    """An untrained CLIP text encoder of the planned size, with embeddings large enough to tell words apart."""
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=plan.width,
        intermediate_size=4 * plan.width,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        max_position_embeddings=plan.tokens,
        projection_dim=plan.width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    encoder = CLIPTextModel(config)
    with torch.no_grad():
        for name, weights in encoder.named_parameters():
            if "embedding" in name:
                weights.normal_(std=0.3)
    return encoder


def token_ids(tokenizer: Tokenizer, instructions: Sequence[str]) -> torch.Tensor:
    """(B, tokens) int64: instructions padded or truncated to the tokenizer's length, as the pipeline does it."""
    ids: torch.Tensor = tokenizer(
        list(instructions),
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    ).input_ids
    return ids


def instruction_examples(seed: int, *, held_out: bool = False) -> Iterator[InstructionExample]:
    """Endless instructions with labels; held-out ones are of reserved scenes and sentences."""
    rng = random.Random(seed)
    while True:
        at = rng.randrange(FIRST_TRAINING_SEED) if held_out else FIRST_TRAINING_SEED + rng.randrange(10**9)
        scene = scene_from_seed(at)
        kind = rng.choices(("swap", "exchange", "attribute", "expression"), (0.5, 0.1, 0.28, 0.12))[0]
        edit = edit_for(scene, kind, rng)
        if rng.random() < 0.3:
            after = apply(edit, scene)
            edit, scene = between(after, scene, edit), after
        yield InstructionExample(phrase(edit, scene, rng, held_out=held_out), labels_of(edit, scene))


def labels_of(edit: Edit, scene: Scene) -> dict[str, str]:
    """What the instruction for `edit` asks for: a class per head of the parser."""
    labels = {head: options[0] for head, options in _HEADS.items()} | {"person": str(edit.person)}
    match edit:
        case Swap(_, to):
            labels |= {"kind": "swap", **to}
        case Exchange(person, other):
            first, second = sorted((person, other), key=scene.index)
            labels |= {"kind": "exchange", "person": first, "other": second}
        case SetExpression(_, expression):
            labels |= {"kind": "expression", "expression": expression}
        case SetAttribute(_, attribute, "none"):
            labels |= {"kind": "attribute", "take off": attribute}
        case SetAttribute(_, attribute, value):
            labels |= {"kind": "attribute", attribute: value}
    return labels


class Parser(nn.Module):
    """A linear classifier per head on the text encoder's state at the end of the sentence."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(width, len(options)) for options in _HEADS.values())

    def forward(self, pooled: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits (B, options) per head, from (B, width)."""
        return tuple(head(pooled) for head in self.heads)


def train_parsing(
    encoder: TextEncoder,
    tokenizer: Tokenizer,
    plan: TextPlan,
    *,
    seed: int,
    device: str = "cpu",
    say: Callable[[str], None] = print,
) -> float:
    """Train `encoder` to parse instructions, in place.

    Returns:
        Accuracy on held-out instructions, 0 to 1: the share for which every prediction is right.
    """
    torch.manual_seed(seed)
    parser = Parser(plan.width).to(device)
    encoder.to(device).train()
    weights = [*encoder.parameters(), *parser.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=plan.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=plan.steps, pct_start=0.1)
    noise = random.Random(seed)
    stream = instruction_examples(seed)
    for step in range(plan.steps):
        batch = take(stream, plan.batch)
        ids = token_ids(tokenizer, [_with_unknown_word(example.instruction, noise) for example in batch]).to(device)
        pooled = encoder(ids).pooler_output
        targets = _targets(batch).to(device)
        loss = sum(
            (nn.functional.cross_entropy(logits, targets[:, at]) for at, logits in enumerate(parser(pooled))),
            start=torch.zeros((), device=device),
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            say(f"text {step + 1}/{plan.steps}  loss {loss.item():.4f}")
    encoder.eval()
    accuracy = parsing_accuracy(encoder, parser, tokenizer, seed=seed, device=device)
    say(f"text: parses {accuracy:.1%} of held-out instructions without a mistake")
    return accuracy


@torch.no_grad()
def parsing_accuracy(
    encoder: TextEncoder, parser: Parser, tokenizer: Tokenizer, *, seed: int, device: str = "cpu", count: int = 1000
) -> float:
    """Share of `count` held-out instructions for which every head of `parser` is right."""
    batch = take(instruction_examples(seed + 1, held_out=True), count)
    logits = parser(encoder(token_ids(tokenizer, [example.instruction for example in batch]).to(device)).pooler_output)
    predicted = torch.stack([head.argmax(1) for head in logits], dim=1).cpu()
    return (predicted == _targets(batch)).all(1).double().mean().item()


def _targets(batch: Sequence[InstructionExample]) -> torch.Tensor:
    rows = [[options.index(example.labels[head]) for head, options in _HEADS.items()] for example in batch]
    return torch.tensor(rows)


def _with_unknown_word(instruction: str, rng: random.Random) -> str:
    # Words outside the vocabulary should have little effect: some instructions contain a nonsense word.
    if rng.random() > 0.15:
        return instruction
    words = instruction.split(" ")
    unknown = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 5)))
    words.insert(rng.randrange(len(words) + 1), unknown)
    return " ".join(words)


def take(stream: Iterator[InstructionExample], count: int) -> list[InstructionExample]:
    """The next `count` examples."""
    return [next(stream) for _ in range(count)]


def _byte_alphabet() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    alphabet: list[str] = ByteLevel.alphabet()
    return alphabet


def _merges(backend: Any) -> list[tuple[str, str]]:
    import json

    pairs = json.loads(backend.to_str())["model"]["merges"]
    return [(pair[0], pair[1]) if isinstance(pair, list) else tuple(pair.split(" ", 1)) for pair in pairs]
