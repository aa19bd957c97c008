"""From prompts to sample recipes: the same fields that a curator writes into `catalog/samples/`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from seamline.catalog.io.writing import fields_text
from seamline.errors import CatalogError
from seamline.formulation.covering_array import Row
from seamline.formulation.declared_traits import SampleSettings, TraitFile
from seamline.formulation.formulated_prompts import Prompt
from seamline.scenes.edits import Swap, apply
from seamline.scenes.light_sides import light_group
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import Scene


@dataclass(frozen=True, slots=True)
class SceneChoice:
    """A scene that suits a prompt.

    Attributes:
        seed: of the scene.
    """

    seed: int
    scene: Scene


def scenes_for(declared: TraitFile, prompts: Sequence[Prompt]) -> list[SceneChoice]:
    """For each prompt the first scene from `samples.first_seed` upward that no other has, and that suits it.

    A scene suits where somebody stands at `person`, has the `expression`, the light comes from `light`, and the swap
    asked for would change who that is.

    Raises:
        CatalogError: no seed is left below those of training.
    """
    samples = declared.samples
    assert samples is not None and samples.first_seed is not None
    unused: dict[int, Scene] = {}
    coming = iter(range(samples.first_seed, FIRST_TRAINING_SEED))
    found = []
    for prompt in prompts:
        swap = swap_of(declared, prompt)
        seed = next((seed for seed, scene in unused.items() if _suits(scene, prompt, swap)), None)
        while seed is None:
            at = next(coming, None)
            if at is None:
                what = f"from seed {samples.first_seed} upward there are not enough scenes"
                raise CatalogError(what, hint="ask for fewer prompts, or begin at a smaller `first_seed`")
            unused[at] = scene_from_seed(at)
            seed = at if _suits(unused[at], prompt, swap) else None
        found.append(SceneChoice(seed, unused.pop(seed)))
    return found


def swap_of(declared: TraitFile, prompt: Prompt) -> Swap:
    """The swap that a prompt asks of a scene: of the attributes that it tells."""
    to = {name: value for name, value in prompt.told.items() if declared.traits[name].kind != "scene"}
    return Swap(prompt.row["person"], to)  # type: ignore[arg-type]  # the file was checked


def recipes_of(declared: TraitFile, prompts: Sequence[Prompt], name: str, where: str = "") -> dict[str, str]:
    """Texts of sample files by their name without folder: `<name>-001.yml` and so on.

    Args:
        where: the file of traits, for errors.

    Raises:
        CatalogError: the file does not say what samples are made with, or no scene is left.
    """
    samples = declared.samples
    if samples is None:
        raise CatalogError("says nothing of samples", where=where, hint="add `samples:` with a title and a model")
    digits = max(3, len(str(len(prompts))))
    scenes = scenes_for(declared, prompts) if samples.first_seed is not None else [None] * len(prompts)
    return {
        f"{name}-{place:0{digits}}.yml": _text(declared, samples, prompt, scene, place, len(prompts))
        for place, (prompt, scene) in enumerate(zip(prompts, scenes, strict=True), start=1)
    }


def _text(
    declared: TraitFile, samples: SampleSettings, prompt: Prompt, choice: SceneChoice | None, place: int, of: int
) -> str:
    fields: dict[str, Any] = {"title": f"{samples.title} {place} of {of}", "model": samples.model}
    parameters = {one: _number(value) for one, value in samples.parameters.items()}
    if choice is not None:
        fields["input"] = {"scene": {"seed": choice.seed, "people": len(choice.scene.people)}}
    fields["instruction"] = prompt.text
    if choice is not None:
        swap = swap_of(declared, prompt)
        fields["truth"] = {"swap": {"person": swap.person, "to": dict(swap.to)}}
        parameters.setdefault("seed", choice.seed)
    if parameters:
        fields["parameters"] = parameters
    return "# yaml-language-server: $schema=../schema/sample.json\n" + fields_text(fields)


def _number(value: Any) -> Any:
    """What was written as a number, as one: YAML would put the text into quotation marks."""
    for kind in (int, float):
        with suppress(TypeError, ValueError):
            return kind(value)
    return value


def _suits(scene: Scene, prompt: Prompt, swap: Swap) -> bool:
    row: Row = prompt.row
    if swap.person not in scene.positions:
        return False
    person = scene.people[scene.index(swap.person)]
    if row.get("expression", person.expression) != person.expression:
        return False
    return row.get("light") in (None, light_group(scene.light.azimuth)) and apply(swap, scene) != scene
