"""Verb that makes prompts from traits: prompts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamline.cli.common import echo_json, json_option, project_of, say, writing

if TYPE_CHECKING:
    from seamline.formulation.declared_traits import TraitFile
    from seamline.formulation.formulated_prompts import Prompt


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "whole", is_flag=True, help="The full grid, whatever the file says.")
@click.option("--count", type=click.IntRange(0, 20_000), metavar="N", help="So many prompts at least.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Of the choice between equal combinations.")
@click.option(
    "--vary",
    multiple=True,
    type=click.Choice(["demographic", "biometric", "non-permanent"]),
    help="Vary traits of this kind alone, and hold the others; may be given more than once.",
)
@click.option("--write", "do_write", is_flag=True, help="Write sample recipes into catalog/samples/.")
@json_option
@click.pass_context
def prompts(
    context: click.Context,
    file: Path,
    whole: bool,
    count: int | None,
    seed: int | None,
    vary: tuple[str, ...],
    do_write: bool,
    as_json: bool,
) -> None:
    """Formulate prompts over a grid of traits that FILE declares in YAML, and print one a line.

    By default as many as cover all pairs of values, each value of a trait about as often as any other. The same file
    gives the same prompts everywhere. With --write each becomes a sample, with its scene and its truth where the file
    asks for scenes; a sample that is there and says something else is left alone, and nothing is written.
    A file that is not as it should be is one error that names file and line: exit code 3.

    \b
    Examples:
      seamline prompts catalog/traits/systematic-faces.yml
      seamline prompts portraits.yml --count 100 > prompts.txt      for any text-to-image model
      seamline prompts catalog/traits/systematic-faces.yml --vary demographic
      seamline prompts my-faces.yml --write && seamline samples
    """
    from seamline.formulation.formulated_prompts import prompts_of
    from seamline.formulation.sample_recipes import scenes_for
    from seamline.formulation.trait_reading import read_traits

    declared = read_traits(file)
    made = prompts_of(declared, whole=whole, count=count, seed=seed, vary=vary)
    if do_write:
        _write(project_of(context).root, declared, made, file)
    if as_json:
        chosen = scenes_for(declared, made) if declared.samples and declared.samples.first_seed is not None else ()
        found: list[dict[str, object]] = [
            {"prompt": one.text, "traits": dict(one.row), "told": list(one.told)} for one in made
        ]
        for answer, choice in zip(found, chosen, strict=False):
            answer["scene"] = {"seed": choice.seed, "people": len(choice.scene.people)}
        echo_json(found)
    elif not do_write:
        for one in made:
            click.echo(one.text)
    say(_summary(declared, made, whole=whole, vary=vary))


def _write(root: Path, declared: TraitFile, made: Sequence[Prompt], file: Path) -> None:
    from seamline.catalog.io.loading import catalog_of, read_files
    from seamline.errors import CatalogError
    from seamline.files import write_if_changed
    from seamline.formulation.sample_recipes import recipes_of

    texts = {
        f"catalog/samples/{name}": text.encode()
        for name, text in recipes_of(declared, made, file.stem.lower().replace("_", "-"), str(file)).items()
    }
    with writing(root, "writing samples"):
        known = read_files(root)
        if other := next((path for path, text in texts.items() if known.get(path, text) != text), None):
            hint = "delete it, or call the file of traits otherwise: nothing was written"
            raise CatalogError("is there, and says something else", where=other, hint=hint)
        catalog_of(root, {**known, **texts})
        for path, text in texts.items():
            write_if_changed(root / path, text)
    click.echo(f"wrote {len(texts)} samples, catalog/samples/{file.stem}-…: next, `seamline samples`")


def _summary(declared: TraitFile, made: Sequence[Prompt], *, whole: bool, vary: Sequence[str]) -> str:
    from seamline.formulation.formulated_prompts import balance

    grid = "the full grid" if whole or declared.combine == "all" else "every pair of values that may meet"
    varied = {name for name, trait in declared.traits.items() if not vary or trait.kind in (*vary, "scene")}
    spread = [one for one in balance(declared, made) if one[0] in varied]
    uneven = [f"{name} {least} to {most}" for name, least, most in spread if most - least > 1]
    even = f"uneven: {', '.join(uneven)}" if uneven else "the values of each trait equally often, give or take one"
    return f"{len(made)} prompts: {grid}, {even}"
