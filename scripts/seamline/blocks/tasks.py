"""What the field calls the work of a model: by its types, and by its own name where that says more.

Types say what goes in and what comes out, not how well: a name here is the widest one that the types allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seamline.blocks.names import Block
from seamline.blocks.ports import PortType
from seamline.blocks.task_names import Nouns, work_by_name


@dataclass(frozen=True)
class Task:
    """A named task.

    Attributes:
        name: the field's term, lower case: `instruction-based image editing`.
        inputs, outputs: what each port carries, in port order: `("input image", "edit instruction")`.
        sentence: one neutral sentence saying what becomes what. May hold model titles: escape it.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sentence: str


def _row(name: str, **nouns: str) -> tuple[str, Mapping[str, str]]:
    return name, nouns


# By signature with its ports in alphabetical order; keywords name what a port carries, by type code.
# Outputs end in `_out` where the same type goes in and comes out.
_TASKS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "ImgTxt2Img": _row(
        "text-guided image-to-image generation", Img="input image", Txt="text prompt", Img_out="generated image"
    ),
    "Img2Img": _row("image-to-image translation", Img="input image", Img_out="translated image"),
    "Txt2Img": _row("text-to-image generation", Txt="text prompt", Img_out="generated image"),
    "Img2Txt": _row("image-to-text generation", Img="input image", Txt_out="generated text"),
    "ImgTxt2Txt": _row(
        "visual question answering", Img="input image", Txt="question or instruction", Txt_out="written answer"
    ),
    "Txt2Txt": _row("text generation", Txt="input text", Txt_out="generated text"),
    "ImgMsk2Img": _row("image inpainting", Img="input image", Msk="mask", Img_out="completed image"),
    "ImgMskTxt2Img": _row(
        "text-guided image inpainting", Img="input image", Msk="mask", Txt="text prompt", Img_out="completed image"
    ),
    "DepTxt2Img": _row(
        "depth-conditioned text-to-image generation", Dep="depth map", Txt="text prompt", Img_out="generated image"
    ),
    "Img2Msk": _row("image segmentation", Img="input image", Msk_out="mask"),
    "Img2Alpha": _row("image matting", Img="input image", Alpha_out="alpha matte"),
    "ImgMsk2Alpha": _row("mask-guided image matting", Img="input image", Msk="mask", Alpha_out="alpha matte"),
    "ImgTxt2Alpha": _row("text-guided image matting", Img="input image", Txt="text prompt", Alpha_out="alpha matte"),
    "ImgTxt2Msk": _row("text-prompted image segmentation", Img="input image", Txt="text prompt", Msk_out="mask"),
    "Img2Dep": _row("monocular depth estimation", Img="input image", Dep_out="depth map"),
    "Img2Lbl": _row("image classification", Img="input image", Lbl_out="labels"),
    "Aud2Lbl": _row("audio classification", Aud="input audio", Lbl_out="labels"),
    "Vid2Lbl": _row("video classification", Vid="input video", Lbl_out="labels"),
    "Txt2Lbl": _row("text classification", Txt="input text", Lbl_out="labels"),
    "Img2Emb": _row("image embedding", Img="input image", Emb_out="embedding"),
    "Txt2Emb": _row("text embedding", Txt="input text", Emb_out="embedding"),
    "Txt2Vid": _row("text-to-video generation", Txt="text prompt", Vid_out="generated video"),
    "Img2Vid": _row("image-to-video generation", Img="input image", Vid_out="generated video"),
    "ImgTxt2Vid": _row(
        "text-guided image-to-video generation", Img="input image", Txt="text prompt", Vid_out="generated video"
    ),
    "TxtVid2Vid": _row(
        "instruction-based video editing", Txt="edit instruction", Vid="input video", Vid_out="edited video"
    ),
    "AudImg2Vid": _row("audio-driven image animation", Aud="input audio", Img="input image", Vid_out="animated video"),
    "AudVid2Vid": _row("audio-driven video editing", Aud="input audio", Vid="input video", Vid_out="edited video"),
    "Vid2Vid": _row("video-to-video translation", Vid="input video", Vid_out="translated video"),
    "Vid2Txt": _row("video-to-text generation", Vid="input video", Txt_out="generated text"),
    "Txt2Aud": _row("text-to-audio generation", Txt="input text", Aud_out="generated audio"),
    "Aud2Txt": _row("audio-to-text transcription", Aud="input audio", Txt_out="transcript"),
    "Aud2Aud": _row("audio-to-audio conversion", Aud="input audio", Aud_out="converted audio"),
    "Views2FieldImg": _row(
        "learning of a canonical image", Views="views", Field_out="projection field", Img_out="canonical image"
    ),
    "Txt23D": _row("text-to-3D generation", Txt="text prompt", **{"3D_out": "generated 3D model"}),
    "Img23D": _row("image-to-3D generation", Img="input image", **{"3D_out": "generated 3D model"}),
}


def task_of(block: Block) -> Task:
    """The task of a single block, by the model's name where that tells it, else by its types.

    A signature that has no name of its own is described by its types.
    """
    key = _key(block)
    known, nouns = _TASKS.get(key, ("", {}))
    work = work_by_name(key, block.model)
    name = work.name if work else known or f"{_plain(block.inputs)} to {_plain(block.outputs)} conversion"
    nouns = {**nouns, **(work.nouns if work else {})}
    inputs, outputs = _ports(block.inputs, nouns, "input"), _ports(block.outputs, nouns, "output")
    sentence = f"A model takes {with_articles(inputs)} and gives {with_articles(outputs)}."
    return Task(name, inputs, outputs, sentence)


def _key(block: Block) -> str:
    return "2".join("".join(sorted(kind.code for kind in side)) for side in (block.inputs, block.outputs))


def _ports(kinds: Sequence[PortType], nouns: Nouns, role: str) -> tuple[str, ...]:
    suffix = "" if role == "input" else "_out"
    plain, total = _numbered(kinds, role), Counter(kinds)
    return tuple(
        nouns.get(f"{kind.code}{suffix}", noun) if total[kind] == 1 else noun
        for kind, noun in zip(kinds, plain, strict=True)
    )


def says_little(block: Block) -> bool:
    """Whether one type goes in and the same comes out, be it a summary or a translation, and the name does not tell."""
    alike = len(block.inputs) == 1 and block.inputs == block.outputs
    return alike and work_by_name(_key(block), block.model) is None


def named_task(block: Block, name: str) -> Task:
    """`task_of` a block, by the name that a curator gave the work; by its own where he gave none."""
    task = task_of(block)
    return replace(task, name=name) if name else task


def _plain(kinds: Iterable[PortType]) -> str:
    return " and ".join(_plural(noun) if count > 1 else noun for noun, count in _counted(kinds).items())


def _counted(kinds: Iterable[PortType]) -> Counter[str]:
    return Counter(kind.noun for kind in kinds)


def _plural(noun: str) -> str:
    return noun if noun.endswith("s") or noun in ("text", "audio") else f"{noun}s"


def _numbered(kinds: Sequence[PortType], role: str) -> tuple[str, ...]:
    """`(image, image, text)` -> `first input image`, `second input image`, `input text`."""
    total, seen = Counter(kinds), Counter[PortType]()
    nouns = []
    for kind in kinds:
        seen[kind] += 1
        place = f"{_ORDINALS.get(seen[kind], str(seen[kind]))} " if total[kind] > 1 else ""
        nouns.append(f"{place}{role} {kind.noun}")
    return tuple(nouns)


_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
_WITHOUT_ARTICLE = ("text", "audio", "music", "code", "labels", "views")


def with_articles(nouns: Sequence[str]) -> str:
    """`("input image", "text prompt")` -> `an input image and a text prompt`."""
    words = [_with_article(noun) for noun in nouns]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _with_article(noun: str) -> str:
    if noun.endswith(_WITHOUT_ARTICLE):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
