"""The runner of image captioning with BLIP: declarations, and how a step is described."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Output, Provenance, Runner, Setting, Value
from seamline.runners.image_to_text.parameters import CaptionParameters

if TYPE_CHECKING:
    from pathlib import Path

    from seamline.runners.image_to_text.captioning import Captioner, CaptionRequest

_BLIP = "BlipForConditionalGeneration"


class ImageToText(Runner[CaptionParameters, "CaptionRequest"]):
    """Describes an image in a sentence (Li et al. 2022, arXiv 2201.12086)."""

    name: ClassVar[str] = "image_to_text"
    signature: ClassVar[str] = "Img2Txt"
    pipelines: ClassVar[frozenset[str]] = frozenset({_BLIP})
    known_repositories: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (f"Salesforce/blip-image-captioning-{size}" for size in ("base", "large")), _BLIP
    )
    parameters = CaptionParameters
    provenance: ClassVar[Provenance] = "trained"
    roles: ClassVar[Mapping[str, str]] = {"text": "caption"}
    parts: ClassVar[tuple[str, ...]] = (".",)
    texts: ClassVar[tuple[str, ...]] = (".",)
    code: ClassVar[tuple[str, ...]] = (
        "runners/image_to_text/captioning.py",
        "runners/image_to_text/parameters.py",
        "weights/opening.py:load_model",
        "weights/opening.py:load_part",
        "weights/opening.py:load_without_weights",
    )
    native_size: ClassVar[tuple[int, int]] = (384, 384)

    def request(self, parameters: CaptionParameters, inputs: Mapping[str, str]) -> CaptionRequest:
        """The caption of the image."""
        from seamline.runners.image_to_text.captioning import CaptionRequest

        return CaptionRequest(inputs["image"], parameters.max_new_tokens)

    def batch_of(self, request: CaptionRequest, values: Mapping[str, Value]) -> Hashable:
        """The number of tokens; images of any size share a batch."""
        return request.max_new_tokens

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The model with its image processor and its tokenizer."""
        from seamline.runners.image_to_text.captioning import load

        return load(folder, device, dtype)

    def run(self, loaded: Captioner, values: Mapping[str, Value], requests: Sequence[CaptionRequest]) -> list[Output]:
        """One batch of captions."""
        from seamline.runners.image_to_text.captioning import caption

        images = [values[request.image] for request in requests]
        return [Output({"text": text}) for text in caption(loaded, images, requests[0].max_new_tokens)]

    def facts(self, request: CaptionRequest) -> dict[str, Any]:
        """How long the caption may be."""
        return {"max_new_tokens": request.max_new_tokens}

    def describe(self, parameters: CaptionParameters) -> tuple[Setting, ...]:
        """The parameter as transformers names it."""
        most = parameters.max_new_tokens
        return (Setting("max_new_tokens", str(most), "longest caption, in tokens", brief=f"at most {most} tokens"),)

    def as_python(self, parameters: CaptionParameters, call: Call) -> str:
        """A program for plain transformers."""
        from seamline.runners.image_to_text.python_recipe import as_python

        return as_python(parameters, call)
