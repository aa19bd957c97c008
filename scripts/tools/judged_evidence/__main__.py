"""`python -m tools.judged_evidence`: how often a draft's first sentences hold the one that answers."""

from __future__ import annotations

import click

from seamline.cli.common import echo_json, json_option
from tools.command_line import HELP_OPTIONS, main
from tools.judged_evidence.judged import FIRST, chance, first_of_each, judged, opening, plain, recall

WAYS = {"ranked": recall, "plain BM25": plain, "in the order given": first_of_each, "chance": chance}


@click.command(context_settings=HELP_OPTIONS)
@json_option
def evidence(as_json: bool) -> None:
    """Rank the sentences of judged questions, and count how often the answer is among the first five.

    \b
    Examples:
      python -m tools.judged_evidence
      python -m tools.judged_evidence --json
    """
    every = list(judged())
    sets = {
        "known": [one for one in every if not one.fresh],
        "fresh": [one for one in every if one.fresh],
    }
    shares = {name: {way: round(of(some), 3) for way, of in WAYS.items()} for name, some in sets.items()}
    opens = {name: round(opening(some), 3) for name, some in sets.items()}
    if as_json:
        echo_json({name: shares[name] | {"opens": opens[name], "questions": len(some)} for name, some in sets.items()})
        return
    for name, some in sets.items():
        click.echo(f"{name}: {len(some)} questions; the answer is among the first {FIRST}")
        for way, share in shares[name].items():
            click.echo(f"  {way:<20} {share:.0%}")
        click.echo(f"  the draft opens with it in {opens[name]:.0%}")


if __name__ == "__main__":
    main(evidence, "tools.judged_evidence")
