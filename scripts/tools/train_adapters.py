"""`python -m tools.train_adapters`: train the mini editor's adapters."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.common import project_of, writing
from seamline.errors import CatalogError
from seamline.locking import TRAINING
from tools.command_line import FOLDER, HELP_OPTIONS, device_option, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@device_option
@click.option("--weights", type=FOLDER, help="Another pipeline folder than catalog/weights/mini.")
@click.option("--only", "names", metavar="NAME", multiple=True, help="This adapter alone; may be given more than once.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of one operation.  [default: all cores]")
@click.pass_context
def train_adapters(
    context: click.Context, device: str, weights: Path | None, names: tuple[str, ...], threads: int | None
) -> None:
    """Train the adapters of catalog/weights/mini/adapters/training.yml, and write them beside it.

    \b
    Examples:
      python -m tools.train_adapters
      python -m tools.train_adapters --only pairs-differ
    """
    import torch

    from tools.training.adapters.adapter_plan import load_plan
    from tools.training.adapters.adapter_training import ADAPTERS, train_adapter
    from tools.training.checkpoint import WEIGHTS
    from tools.training.config import load_plan as load_base_plan

    root = project_of(context).root
    folder = weights.resolve() if weights else root / WEIGHTS
    path = folder / ADAPTERS / "training.yml"
    plan = load_plan(path)
    unknown = sorted(set(names) - set(plan.adapters))
    if unknown:
        raise CatalogError(
            f"no adapter `{unknown[0]}` there", where=str(path), hint=f"it has {', '.join(plan.adapters)}"
        )
    if threads:
        torch.set_num_threads(threads)
    with writing(root, "training adapters", job=TRAINING, wait=0):
        for name in names or plan.adapters:
            base = load_base_plan(folder / "training.yml")
            train_adapter(root, folder, name, plan, base, click.echo, device=device)


if __name__ == "__main__":
    main(train_adapters, "tools.train_adapters")
