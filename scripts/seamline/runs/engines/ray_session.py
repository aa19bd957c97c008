"""A connection to a Ray cluster, for whatever is to be done there."""

from __future__ import annotations

import os
from typing import Any

from seamline.errors import EngineError


class RaySession:
    """Ray, connected.

    Args:
        address: of the cluster, `auto` for the one this machine belongs to. When None, the one that `RAY_ADDRESS` names
            or that runs here, else a new one on this machine.

    Attributes:
        ray: the module.

    Raises:
        EngineError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(self, address: str | None = None) -> None:
        try:
            import ray as installed
        except ImportError as error:
            raise EngineError(
                "Ray is not installed", hint="pip install 'seamline[ray]', or use --engine local"
            ) from error
        self.ray: Any = installed
        # Ray tells its makers how it is used, unless it is told not to.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        self._owns = not self.ray.is_initialized()
        try:
            self.ray.init(address=address, ignore_reinit_error=True, log_to_driver=False, include_dashboard=False)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise EngineError(
                f"the Ray cluster cannot be reached: {error}",
                where=address or "this machine",
                hint="start one with `ray start --head`, or use --engine local",
            ) from error

    def count(self, unit: str) -> int:
        """How many of a resource the cluster has, `CPU` or `GPU`."""
        return int(self.ray.cluster_resources().get(unit, 0))

    def close(self) -> None:
        """End the connection, and the cluster if this session started it."""
        if self._owns:
            self.ray.shutdown()
