"""Of which steps of a chain the truth says anything."""

from __future__ import annotations

from typing import Any

from seamline.measures.measuring import steps_of_truth
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord

TRUTH = {"truth": {"attribute": {"person": "left", "attribute": "hair_colour", "value": "grey"}}}


def record(**steps: StepRecord) -> RunRecord:
    return RunRecord(schema_version=SCHEMA, sample="s", weights_name="mini", steps=steps, images=())


def edit(image: str, **fields: Any) -> StepRecord:
    return StepRecord(
        model="m", runner="instruct_pix2pix", inputs={"image": image, "text": "grey.hair"}, key="k", key_fields=fields
    )


def operation(name: str, **inputs: str) -> StepRecord:
    return StepRecord(operation=name, inputs=inputs, key="k", key_fields={})


def test_it_is_about_the_edit_it_describes_and_what_is_computed_of_that_and_the_scene() -> None:
    run = record(
        grey=edit("scene", **TRUTH),
        smile=edit("grey.image"),
        joined=operation("over", below="scene", above="grey.image", alpha="matte.alpha"),
        small=operation("resize", image="grey.image"),
        smaller=operation("resize", image="small.image"),
        other=operation("resize", image="smile.image"),
        changed=operation("change", before="grey.image", after="smile.image"),
    )
    assert steps_of_truth(run) == {"grey", "small", "smaller"}


def test_a_matte_of_the_edit_is_no_other_edit_so_what_is_composited_through_it_has_a_truth() -> None:
    def gave(step: str, kind: str) -> ArtifactRecord:
        return ArtifactRecord(role="r", step=step, port="p", type=kind, file=f"{step}.webp", sha256="0" * 64)

    matting = StepRecord(model="m", runner="matting", inputs={"image": "grey.image"}, key="k", key_fields={})
    run = record(
        grey=edit("scene", **TRUTH),
        matte=matting,
        old=StepRecord(model="m", runner="matting", inputs={"image": "scene"}, key="k", key_fields={}),
        bound=operation("oracle", image="scene"),
        joined=operation("over", below="scene", above="grey.image", alpha="matte.alpha"),
        through_old=operation("over", below="scene", above="grey.image", alpha="old.alpha"),
        through_truth=operation("over", below="scene", above="grey.image", alpha="bound.alpha"),
        smile=edit("joined.image"),
        after=operation("over", below="scene", above="smile.image", alpha="matte.alpha"),
    )
    images = (gave("matte", "Alpha"), gave("old", "Alpha"), gave("smile", "Img"), gave("grey", "Img"))
    run = run.model_copy(update={"images": images})
    assert steps_of_truth(run) == {"grey", "matte", "joined", "through_old", "through_truth"}


def test_a_run_without_truth_has_no_such_step() -> None:
    assert steps_of_truth(record(grey=edit("scene"), small=operation("resize", image="grey.image"))) == frozenset()
