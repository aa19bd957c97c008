"""`python -m tools.web_audit`: audit the built site with Lighthouse, axe and a scale."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from seamline.cli.common import project_of
from seamline.files import write_if_changed
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.web_audit.page_audit import MOST_SCRIPT_BYTES, SLOW_MACHINE, audit_web, record_of, table

OUTPUT = Path(".artifacts/web-audit.json")
RECORD = Path("catalog/records/web.json")


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--site", type=click.Path(path_type=Path), help="The built site.  [default: the project's site/]")
@click.option("--output", type=click.Path(path_type=Path), help=f"Every figure.  [default: {OUTPUT}]")
@click.option("--runs", type=click.IntRange(1, 9), default=1, show_default=True, help="Lighthouse runs a page.")
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    help=f"The figures that the site shows; written only after a whole audit.  [default: {RECORD}]",
)
@click.option("--lighthouse/--no-lighthouse", default=True, help="Leave Lighthouse out: axe and weight only.")
@click.pass_context
def audit(
    context: click.Context, site: Path | None, output: Path | None, runs: int, record: Path | None, lighthouse: bool
) -> None:
    """Audit a built site with Lighthouse, axe and a scale; the exit code is 1 below the thresholds.

    Prints a table. Of several Lighthouse runs of a page, medians count.

    \b
    Examples:
      python -m tools.web_audit
      python -m tools.web_audit --no-lighthouse
    """
    from seamline.measures.standing import made_with
    from seamline.seals import sealed

    root = project_of(context).root
    site, output, record = site or root / "site", output or root / OUTPUT, record or root / RECORD
    reports, scripts = audit_web(site, runs=runs if lighthouse else 0)
    write_if_changed(output, json.dumps({"pages": [asdict(r) for r in reports], "scripts": scripts}, indent=1) + "\n")
    if lighthouse:
        figures = record_of(reports, scripts) | {"made_with": made_with(root)}
        write_if_changed(record, sealed(json.dumps(figures, indent=1)))
    click.echo(table(reports))
    if any(0 < report.benchmark < SLOW_MACHINE for report in reports):
        click.echo("This machine was slow or busy: performance is not to be trusted here. Try again on a quiet one.")
    script_bytes = sum(scripts.values())
    click.echo(f"Scripts of ours: {script_bytes:,} bytes. All figures: {output}")
    failures = [words for report in reports for words in report.failings()]
    if script_bytes >= MOST_SCRIPT_BYTES:
        failures.append(f"scripts of ours weigh {script_bytes} bytes >= {MOST_SCRIPT_BYTES}")
    if failures:
        click.echo("Not good enough:\n  " + "\n  ".join(failures), err=True)
        context.exit(1)


if __name__ == "__main__":
    main(audit, "tools.web_audit")
