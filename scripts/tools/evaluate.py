"""`python -m tools.evaluate`: measure the mini editor on held-out scenes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from seamline.cli.common import echo_json, json_option, project_of, writing
from seamline.files import write_if_changed
from seamline.locking import ENGINE
from seamline.measures.evaluation_record import RECORD_PATH, EvaluationRecord
from seamline.measures.standing import code_of_evaluation
from seamline.seals import sealed
from tools.carrying_over import AS_BEFORE, KnownRecord, Row, Say, carry_over_option
from tools.command_line import FOLDER, HELP_OPTIONS, device_option, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@device_option
@click.option("--count", type=click.IntRange(min=2), default=300, show_default=True, help="How many held-out scenes.")
@click.option(
    "--further", type=click.IntRange(min=0), default=40, show_default=True, help="How many further expression edits."
)
@click.option("--weights", type=FOLDER, help="Another pipeline folder than catalog/weights/mini.")
@click.option(
    "--baseline",
    type=FOLDER,
    help="An earlier editor, or with --autoencoder an earlier autoencoder, whose smaller pictures are enlarged.",
)
@click.option("--record/--no-record", default=True, help="Write catalog/records/evaluation.json.")
@click.option(
    "--autoencoder",
    type=FOLDER,
    help="Measure only the round trip through this autoencoder, beside that of --baseline, or the mini editor's own.",
)
@carry_over_option
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    device: str,
    count: int,
    further: int,
    weights: Path | None,
    baseline: Path | None,
    record: bool,
    autoencoder: Path | None,
    carry_over: int | None,
    as_json: bool,
) -> None:
    """Measure the mini editor on held-out scenes and instructions, next to every baseline.

    \b
    Examples:
      python -m tools.evaluate
      python -m tools.evaluate --count 24 --further 0 --no-record    a quick look
      python -m tools.evaluate --baseline ../mini-192x128            with an earlier editor beside it
      python -m tools.evaluate --carry-over 24
      python -m tools.evaluate --count 120 --autoencoder catalog/weights/mini/vae --baseline ../mini-192x128/vae
    """
    root = project_of(context).root

    def say(line: str) -> None:
        click.echo(line, err=as_json)

    if autoencoder is not None:
        from tools.training.checkpoint import WEIGHTS
        from tools.training.round_trip import round_trip

        figures = round_trip(autoencoder, baseline or root / WEIGHTS / "vae", count=count, say=say)
        if as_json:
            echo_json(figures)
        else:
            for name, value in figures["larger"].items():
                click.echo(f"{name:<28}{value:>9}   enlarged {figures['enlarged'].get(name, '-'):>9}")
        return
    from tools.training.card import summary_lines
    from tools.training.evaluation import evaluate as evaluated

    with writing(root, "evaluating", job=ENGINE, wait=0):
        if carry_over:
            result = carried_over(root, carry_over, say=say)
            write_if_changed(root / RECORD_PATH, sealed(result.to_json()))
        else:
            result = evaluated(
                root,
                count=count,
                further=further,
                weights=weights,
                earlier=baseline,
                device=device,
                record=record,
                say=say,
            )
    if as_json:
        echo_json(result.model_dump(mode="json"))
    else:
        click.echo("\n".join(summary_lines(result)))


def carried_over(root: Path, count: int, *, say: Say) -> EvaluationRecord:
    """The committed record under the present code, if `count` of its edits come out as before.

    The first point of the sweep is made again, too.

    Raises:
        RecordError: there is no such record, or an edit or the point does not.
    """
    from seamline.measures.statistics import evaluation_of
    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from tools.training.checkpoint import WEIGHTS
    from tools.training.editing import BATCH
    from tools.training.evaluation import CURVE_EDITS, consistency_at, edit_and_measure
    from tools.training.held_out import held_out

    known = KnownRecord.read(root, RECORD_PATH.stem)
    record = EvaluationRecord.model_validate_json(json.dumps(known.data))
    [rows] = known.rows.values()
    pipe, edits = load_pipeline(root / WEIGHTS), held_out(len(rows))

    def again(places: Sequence[int]) -> Iterator[Row]:
        for at in range(0, len(places), BATCH):
            some = places[at : at + BATCH]
            for place, (row, _) in zip(some, edit_and_measure(pipe, [edits[one] for one in some]), strict=True):
                # What an earlier editor made cannot be made again without it.
                earlier = {way: values for way, values in rows[place]["ways"].items() if way == "earlier"}
                yield {**row, "ways": {**row["ways"], **earlier}}

    made_again = known.check({"": again}, count, say=say)
    for point in record.consistency[:1]:
        strength = consistency_at(pipe, point.image_guidance_scale, edits[:CURVE_EDITS]).edit_strength
        if abs(strength.value - point.edit_strength.value) > AS_BEFORE:
            raise known.refusal("the sweep of image guidance measures otherwise now")
    return evaluation_of(
        rows,
        record.consistency,
        weights=record.weights,
        code=code_of_evaluation(root),
        parameters=record.parameters,
        facts={**record.facts, "made_again": made_again},
        further=[row.model_dump(mode="json", exclude_none=True) for row in record.further],
        earlier=record.earlier,
    )


if __name__ == "__main__":
    main(evaluate, "tools.evaluate")
