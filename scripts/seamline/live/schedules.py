"""The steps of the sampler, as diffusers takes them: a page computes none of them itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_STEPS = 20
"""So many steps at most can be chosen on a page."""


def schedules(folder: Path) -> Mapping[int, Sequence[tuple[int, float, float]]]:
    """For each number of steps up to `MOST_STEPS`, the steps of the DDIM scheduler in a pipeline's folder.

    Returns:
        Of each step the time step, and the cumulated alpha there and at the step that follows, both 0 to 1.
    """
    from diffusers import DDIMScheduler

    scheduler = DDIMScheduler.from_config(DDIMScheduler.load_config(folder / "scheduler"))
    found = {}
    for count in range(1, MOST_STEPS + 1):
        scheduler.set_timesteps(count)
        stride = scheduler.config.num_train_timesteps // count
        steps = []
        for timestep in map(int, scheduler.timesteps):
            follows = timestep - stride
            after = scheduler.alphas_cumprod[follows] if follows >= 0 else scheduler.final_alpha_cumprod
            steps.append((timestep, float(scheduler.alphas_cumprod[timestep]), float(after)))
        found[count] = steps
    return found
