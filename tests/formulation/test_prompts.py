"""From a file of traits to prompts and samples, and what is said of a file that is not as it should be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from seamline.catalog.io.loading import catalog_of, read_files
from seamline.cli import run
from seamline.errors import CatalogError
from seamline.formulation.formulated_prompts import prompts_of
from seamline.formulation.sample_recipes import scenes_for, swap_of
from seamline.formulation.trait_reading import read_traits
from seamline.scenes.edits import apply
from seamline.scenes.light_sides import light_group

REPOSITORY = Path(__file__).parents[2]
FACES = REPOSITORY / "catalog/traits/systematic-faces.yml"
GUIDE = REPOSITORY / "docs/guides/vary-systematically.md"

SMALL = """\
prompt: photo of {a} {age} {noun}, {features}
features: ["{skin} skin", "wearing {hat}"]
traits:
  age: {kind: demographic, values: [young, old]}
  noun: {kind: demographic, values: [woman, man]}
  skin: {kind: biometric, values: [dark, pale]}
  hat:
    kind: non-permanent
    values:
      none:
      hat: a hat
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "traits.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_prompts_read_as_sentences_and_leave_out_what_has_no_words(tmp_path: Path) -> None:
    prompts = prompts_of(read_traits(written(tmp_path, SMALL)), whole=True)
    assert len(prompts) == 16
    texts = {prompt.text for prompt in prompts}
    assert "photo of an old woman, dark skin" in texts
    assert "photo of a young man, pale skin and wearing a hat" in texts
    assert all(("hat" in prompt.told) == (prompt.row["hat"] == "hat") for prompt in prompts)


def test_what_is_not_varied_holds_its_usual_value(tmp_path: Path) -> None:
    declared = read_traits(written(tmp_path, SMALL.replace("[dark, pale]}", "[dark, pale], usual: pale}")))
    prompts = prompts_of(declared, whole=True, vary=["demographic"])
    assert [prompt.text for prompt in prompts] == [
        f"photo of {who}, pale skin" for who in ("a young woman", "a young man", "an old woman", "an old man")
    ]


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("{age}", "{aeg}"), 1, "did you mean `age`"),
        (("wearing {hat}", "wearing"), 7, "no prompt tells this trait"),
        (("[dark, pale]}", "[dark, pale], usual: plae}"), 6, "did you mean `pale`"),
        (("[dark, pale]}", "[dark]}"), 6, "at least 2"),
        (("kind: biometric", "kind: biometrics"), 6, "did you mean `biometric`"),
        (('"{skin} skin", ', ""), 1, "`{features}` may be empty"),
        (("traits:", "never: [{hats: hat}]\ntraits:"), 3, "did you mean `hat`"),
        (("traits:", "never: [{hat: [hut]}]\ntraits:"), 3, "did you mean `hat`"),
        (("kind: biometric", "kind: scene"), 6, "there is no scene"),
        (("[young, old]", "[young, young]"), 0, ""),
        (("features:", "featuers:"), 2, "did you mean `features`"),
        (("  skin:", "\tskin:"), 6, "is not YAML"),
    ],
)
def test_a_wrong_file_is_one_error_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], line: int, says: str
) -> None:
    path = written(tmp_path, SMALL.replace(*change))
    code = run(["prompts", str(path)])
    assert code == 3, capsys.readouterr()
    said = capsys.readouterr().err
    assert f"{path}:{line or 4}: " in said
    assert says in said


def test_forbidding_everything_and_too_large_a_grid_are_errors(tmp_path: Path) -> None:
    forbidden = written(tmp_path, SMALL + "never:\n  - {age: [young, old]}\n")
    with pytest.raises(CatalogError, match="forbids every combination"):
        prompts_of(read_traits(forbidden))
    many = "".join(f"  t{chr(97 + n)}: {{kind: biometric, values: [a, b, c, d, e, f]}}\n" for n in range(7))
    told = " ".join(f"{{t{chr(97 + n)}}}" for n in range(7))
    large = written(tmp_path, f"prompt: face {told}\ncombine: all\ntraits:\n{many}")
    with pytest.raises(CatalogError, match="more than 20,000"):
        prompts_of(read_traits(large))


def test_scenes_suit_their_prompts_and_no_two_share_one() -> None:
    declared = read_traits(FACES)
    prompts = prompts_of(declared, count=60)
    chosen = scenes_for(declared, prompts)
    assert len({choice.seed for choice in chosen}) == len(prompts) == 60
    for prompt, choice in zip(prompts, chosen, strict=True):
        swap = swap_of(declared, prompt)
        person = choice.scene.people[choice.scene.index(swap.person)]
        assert (person.expression, light_group(choice.scene.light.azimuth)) == (
            prompt.row["expression"],
            prompt.row["light"],
        )
        after = apply(swap, choice.scene)
        assert after != choice.scene
        new = after.people[choice.scene.index(swap.person)].identity
        # What is told arrives, and an accessory that is not told comes off.
        shown = {name: prompt.row[name] for name in (*swap.to, "glasses", "beard", "hat")}
        assert {name: getattr(new, name) for name in shown} == shown


def test_the_committed_grid_is_even_in_each_trait() -> None:
    declared = read_traits(FACES)
    prompts = prompts_of(declared)
    assert len(prompts) == 300
    for name, trait in declared.traits.items():
        often = Counter(prompt.row[name] for prompt in prompts)
        assert set(often.values()) == {300 // len(trait.values)}


def test_samples_are_what_check_accepts_and_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    for folder in ("models", "papers"):
        (tmp_path / "catalog" / folder).mkdir(parents=True)
        for path in (REPOSITORY / "catalog" / folder).iterdir():
            (tmp_path / "catalog" / folder / path.name).write_bytes(path.read_bytes())
    argv = ["--project", str(tmp_path), "prompts", str(FACES), "--write", "--count", "0"]
    assert run(argv) == 0
    samples = sorted((tmp_path / "catalog/samples").iterdir())
    catalog = catalog_of(tmp_path, read_files(tmp_path))
    assert len(catalog.samples) == len(samples) < 60
    first = yaml.safe_load(samples[0].read_text())
    assert first["parameters"] == {
        "num_inference_steps": 4,
        "guidance_scale": 1.0,
        "image_guidance_scale": 1.0,
        "seed": first["input"]["scene"]["seed"],
    }
    assert run(argv) == 0, "the same again changes nothing"
    samples[1].write_text(samples[1].read_text().replace("Systematic faces", "My own title"))
    capsys.readouterr()
    assert run(argv) == 3
    said = capsys.readouterr().err
    assert samples[1].name in said
    assert "nothing was written" in said
    assert "My own title" in samples[1].read_text()


def test_the_guides_file_makes_prompts_for_any_text_to_image_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = GUIDE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "portraits.yml"
    path.write_text(block, encoding="utf-8")
    assert run(["prompts", str(path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == len(set(out))
    assert any("lipstick" in line for line in out)
    assert all("headscarf" not in line for line in out if "bald head" in line), "the file forbids that"


def test_the_same_prompts_whatever_the_hash_seed() -> None:
    def printed(hash_seed: str) -> str:
        command = [sys.executable, "-m", "seamline", "prompts", str(FACES), "--count", "0", "--json"]
        done = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert printed("1") == printed("2")
    assert len(json.loads(printed("3"))) < 60
