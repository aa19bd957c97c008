"""`python -m tools.judged_evidence`: how often a draft's first sentences hold the one that answers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from seamline.cli.common import echo_json, json_option
from seamline.files import write_if_changed
from seamline.measures.standing import RECORDS
from seamline.seals import sealed
from tools.command_line import HELP_OPTIONS, main
from tools.judged_evidence.evidence_figures import FIRST, WAYS, figures

RECORD = RECORDS / "evidence.json"


@click.command(context_settings=HELP_OPTIONS)
@click.option("--record", is_flag=True, help=f"Write {RECORD.as_posix()}, which pages print.")
@json_option
def evidence(record: bool, as_json: bool) -> None:
    """Rank the sentences of judged questions, and count how often the answer is among the first five.

    \b
    Examples:
      python -m tools.judged_evidence
      python -m tools.judged_evidence --record
    """
    found = figures()
    if record:
        write_if_changed(Path(RECORD), sealed(json.dumps(found, indent=1) + "\n"))
    if as_json:
        echo_json(found)
        return
    for name, some in found.items():
        click.echo(f"{name}: {some['questions']} questions; the answer is among the first {FIRST}")
        for way in (*WAYS, "opens", "reader_opens", "second_reader", "second_reader_opens"):
            if one := some.get(way):
                click.echo(f"  {way:<19} {one['value']:.2f} ({one['low']:.2f} to {one['high']:.2f})")
        click.echo(f"  {'chance':<19} {some['chance']['value']:.2f}")
        missed, alien = some["missed"].values()
        click.echo(f"  missed: {missed}, {alien} of them share no word with the answer")


if __name__ == "__main__":
    main(evidence, "tools.judged_evidence")
