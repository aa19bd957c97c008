"""The moving average of weights that is validated and exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def moving_average(modules: nn.ModuleDict, decay: float) -> AveragedModel:
    """An exponential moving average of the weights of some modules, as `average.module[name]`; buffers are copied.

    Each `update_parameters(modules)` keeps `decay` of the average, and less at the beginning, when the
    weights are still far from where they will be: min(decay, (2 + n) / (11 + n)) at the update after n others. The
    first update copies the weights.

    Args:
        decay: 0 to 1, the share that an update keeps.
    """
    average = AveragedModel(modules, multi_avg_fn=_warming_up(decay))
    return average.eval().requires_grad_(False)


def averaged(average: AveragedModel, name: str) -> Any:
    """One of the averaged modules, of the class that was given to `moving_average`."""
    modules: Any = average.module
    return modules[name]


def averaged_weights(state: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """The state dict of one module, out of that of its average."""
    prefix = f"module.{name}."
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def _warming_up(decay: float) -> Callable[[Any, Any, Any], None]:
    def update(averages: Any, current: Any, updates: Tensor | int) -> None:
        keep = min(decay, (2 + int(updates)) / (11 + int(updates)))
        get_ema_multi_avg_fn(keep)(averages, current, updates)

    return update
