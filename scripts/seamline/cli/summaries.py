"""The verb that reads the given summaries."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click

from seamline.cli.common import echo_json, json_option, project_of, some_of, writing


@click.command()
@click.option("--only", multiple=True, metavar="ID", help="This question alone; may be given more than once.")
@click.option("--force", is_flag=True, help="Read what is fresh, too.")
@json_option
@click.pass_context
def read(context: click.Context, only: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Have a small language model choose the sentences that drafts quote.

    It reads each question with the summaries that were given, where either has changed, and writes what it chose to
    catalog/readings.json: commit that file. Pages are rendered from it. Questions that are not in English, that name
    their key concepts, or that were not read have their sentences ranked by words. Exit code 4 if the reader is not
    here.

    \b
    Examples:
      seamline read
      seamline read --only my-question --force
    """
    if "numpy" not in sys.modules:
        # The products are small: threads of their own cost more than they save where other work shares the cores.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    from seamline.project.summary_reading import read_questions

    project = project_of(context)
    with writing(project.root, "reading summaries"):
        report = read_questions(project.root, project.catalog, only, force=force)
    if as_json:
        echo_json(asdict(report))
        return
    by_words = [f"{name}: {why}" for name, why in report.by_words.items()]
    for line in (*some_of("read", report.read), *some_of("by words", by_words)):
        click.echo(line)
    click.echo(f"read: {len(report.read)} read, {len(report.fresh)} not due, {len(report.by_words)} left to words")
