"""The runner of canonical images: declarations, and how a step is repeated."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Output, Provenance, Runner, Setting, Value
from seamline.runners.canonical_image.learning_request import LearningRequest
from seamline.runners.canonical_image.parameters import CanonicalImageParameters
from seamline.scenes.state import PICTURE_SIZE

if TYPE_CHECKING:
    from pathlib import Path


class CanonicalImage(Runner[CanonicalImageParameters, LearningRequest]):
    """Learns one scene from its views, in the role of AGAP (Cheng et al. 2025, arXiv 2312.06657); it is not AGAP."""

    name: ClassVar[str] = "canonical_image"
    signature: ClassVar[str] = "Views2ImgField"
    pipelines: ClassVar[frozenset[str]] = frozenset({"CanonicalImage"})
    parameters = CanonicalImageParameters
    provenance: ClassVar[Provenance] = "trained"
    roles: ClassVar[Mapping[str, str]] = {"image": "canonical", "field": "field"}
    parts: ClassVar[tuple[str, ...]] = ()
    code: ClassVar[tuple[str, ...]] = (
        "runners/canonical_image/field_sheet.py",
        "runners/canonical_image/learning.py",
        "runners/canonical_image/learning_request.py",
        "runners/canonical_image/parameters.py",
        "runners/canonical_image/planes.py",
        "runners/canonical_image/views_learning.py",
        "scenes/cameras.py",
        "scenes/state.py",
    )
    native_size: ClassVar[tuple[int, int]] = PICTURE_SIZE

    def request(self, parameters: CanonicalImageParameters, inputs: Mapping[str, str]) -> LearningRequest:
        """The scene that the views show."""
        return LearningRequest(inputs["views"], **parameters.model_dump())

    def batch_of(self, request: LearningRequest, values: Mapping[str, Value]) -> Hashable:
        """Scenes are learned one after the other: any may share a batch."""
        return self.name

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The settings; device and number format are the CPU's and float32 whatever is asked for."""
        from seamline.runners.canonical_image.views_learning import load

        return load(folder)

    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[LearningRequest]) -> list[Output]:
        """Each scene by itself."""
        from seamline.runners.canonical_image.views_learning import learned_from

        return [Output(learned_from(loaded, values[one.views], one)) for one in requests]

    def facts(self, request: LearningRequest) -> dict[str, Any]:
        """All that was asked for but the name of the views."""
        return {name: value for name, value in asdict(request).items() if name != "views"}

    def describe(self, parameters: CanonicalImageParameters) -> tuple[Setting, ...]:
        """The parameters under their own names."""
        said = {
            "cameras": "views that the scene is learned from",
            "training_steps": "views shown while learning, one at a time",
            "start": "where the projection field begins",
            "seed": "of the order of views",
        }
        return tuple(Setting(name, str(getattr(parameters, name)), meaning) for name, meaning in said.items())

    def as_python(self, parameters: CanonicalImageParameters, call: Call) -> str:
        """A program for plain torch."""
        from seamline.runners.canonical_image.python_recipe import as_python

        return as_python(parameters, call)
