"""The scheduler that a step names, for pipelines of diffusers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from seamline.errors import RunError

SchedulerName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*Scheduler$", max_length=80)]
"""Class of diffusers, `DDIMScheduler`."""


def fresh_scheduler(pipe: Any, name: str | None) -> Any:
    """A scheduler of its own, with the configuration that came with the weights.

    Args:
        pipe: a diffusers pipeline.
        name: class of diffusers; the weights' own when None.

    Raises:
        RunError: there is no such scheduler, or it does not suit the weights.
    """
    import diffusers

    own = type(pipe.scheduler)
    kind = getattr(diffusers, name, None) if name else own
    if kind is not own and kind not in pipe.scheduler.compatibles:
        raise RunError(
            f"{name} is not a scheduler for these weights",
            where="scheduler",
            hint="one of " + ", ".join(sorted(scheduler.__name__ for scheduler in pipe.scheduler.compatibles)),
        )
    assert kind is not None
    return kind.from_config(pipe.scheduler.config)
