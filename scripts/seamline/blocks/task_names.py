"""What the work of a model is called where its own name says more than its types.

`ImgTxt2Img` may edit a photo by an instruction, draw a new one after a stick figure, or enlarge one: the types are the
same. Families of models carry what they do in their names, and those are listed here, each with its port types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Nouns = Mapping[str, str]
"""What ports carry, by type code; outputs end in `_out`. Types that are left out keep their plain nouns."""


@dataclass(frozen=True)
class NamedWork:
    """Work that names of models tell of.

    What goes in keeps its plain noun, `input image`, where models that stand side by side may share it.
    """

    name: str
    nouns: Nouns


def _row(cues: str, name: str, **nouns: str) -> tuple[re.Pattern[str], NamedWork]:
    """Names of which a part, between hyphens, begins with one of `cues`."""
    parts = "|".join(cues.split())
    return re.compile(rf"(?:^|[-_.:])(?:{parts})", re.IGNORECASE), NamedWork(name, nouns)


_CONTROL = r"(?:[\w.]*[-_])?(?:controlnet|t2i-?adapter|control-?lora|control_\w+|control-v\d\w*|unicontrol|controlnext)"
_CONDITIONS = (
    ("pose", "pose keypoint dwpose openpose densepose"),
    ("depth", "depth midas"),
    ("edge", "canny hed softedge edge lineart mlsd"),
    ("sketch", "scribble sketch"),
    ("segmentation", "seg"),
    ("normal-map", "normal"),
)
_GENERATED = {"Img": "control image", "Txt": "text prompt", "Img_out": "generated image"}
_EDITED = {"Img": "input image", "Txt": "edit instruction", "Img_out": "edited image"}


def _controlled() -> Iterator[tuple[re.Pattern[str], NamedWork]]:
    for condition, words in _CONDITIONS:
        then = rf"{_CONTROL}[\w.:-]*?[-_.:](?:{'|'.join(words.split())})"
        yield _row(then, f"{condition}-conditioned text-to-image generation", **_GENERATED)
    yield _row(_CONTROL, "image-conditioned text-to-image generation", **_GENERATED)


_BY_NAME: Mapping[str, tuple[tuple[re.Pattern[str], NamedWork], ...]] = {
    "ImgTxt2Img": (
        *_controlled(),
        _row(r"ip-?adapter instantid photomaker pulid", "image-prompted text-to-image generation",
             Img="reference image", Txt="text prompt", Img_out="generated image"),
        _row(r"(?:\w+-)?upscal super-?res esrgan supir stablesr", "text-guided image super-resolution",
             Txt="text prompt", Img_out="enlarged image"),
        _row(r"instruct\w*-?pix2pix \w*pix2pix instruct \w*edit kontext magicbrush hive omnigen",
             "instruction-based image editing", **_EDITED),
    ),
    "Img2Img": (
        _row(r"(?:real-?)?esrgan upscal super-?res swin2?(?:sr|ir) srgan edsr bsrgan stablesr supir hat-?l",
             "image super-resolution", Img_out="enlarged image"),
        _row(r"colou?ri ddcolor deoldify", "image colorization", Img_out="colorized image"),
        _row(r"gfpgan codeformer restoreformer gpen dfdnet face-?restor", "blind face restoration",
             Img_out="restored image"),
        _row(r"zero-?dce enlighten retinex low-?light", "low-light image enhancement",
             Img_out="enhanced image"),
        _row(r"de-?blur de-?nois de-?rain de-?haz restor nafnet mprnet", "image restoration",
             Img_out="restored image"),
        _row(r"rembg rmbg birefnet background-?remov", "background removal", Img_out="cut-out image"),
        _row(r"style-?trans adain anime-?gan cartoon", "image stylization", Img_out="stylized image"),
        _row(r"openpose dwpose", "human pose estimation", Img_out="pose drawing"),
        _row(r"canny hed lineart", "edge detection", Img_out="edge drawing"),
        _row(r"depth midas dpt zoedepth", "monocular depth estimation", Img_out="depth map"),
        _row(r"ic-?light relight", "image relighting", Img_out="relit image"),
        _row(r"lama(?![a-z]) inpaint", "image inpainting", Img_out="completed image"),
    ),
    "ImgImg2Img": (
        _row(r"\w*-?viton \w*vton ootd \w*try-?on", "virtual try-on", Img_out="try-on image"),
        _row(r"face-?swap inswapper simswap roop ghost-?face", "face swapping", Img_out="image with the swapped face"),
        _row(r"style adain", "image style transfer", Img_out="stylized image"),
        _row(r"harmoni", "image harmonization", Img_out="harmonized image"),
    ),
    "Img2Txt": (
        _row(r"\w*ocr nougat", "optical character recognition", Txt_out="recognized text"),
        _row(r"\w*blip git(?![a-z]) vit-gpt2 coca caption", "image captioning", Txt_out="caption"),
    ),
    "ImgTxt2Txt": (
        _row(r"layoutlm donut udop docvqa", "document question answering", Img="document image", Txt="question",
             Txt_out="written answer"),
    ),
    "Txt2Txt": (
        _row(r"bart-\w+-(?:cnn|xsum|samsum) pegasus \w*summar led-\w+-\d+ xsum samsum", "text summarization",
             Txt_out="summary"),
        _row(r"nllb opus-mt m2m100 mbart madlad marian \w*translat", "machine translation", Txt_out="translated text"),
        _row(r"\w*(?<!en)(?<!de)coder(?![a-z]) code(?:gen|llama|t5|gemma|stral)? starcoder\d* incoder",
             "code generation", Txt="code or text", Txt_out="generated code"),
        _row(r"gec grammar", "grammatical error correction", Txt_out="corrected text"),
        _row(r"paraphras", "paraphrasing", Txt_out="paraphrased text"),
    ),
    "Txt2Lbl": (
        _row(r"\w*sentiment", "sentiment analysis"),
        _row(r"ner(?![a-z])", "named-entity recognition"),
    ),
    "Txt2Aud": (
        _row(r"\w*tts bark speech \w*vits vall-?e tacotron parler kokoro styletts", "text-to-speech synthesis",
             Aud_out="spoken audio"),
        _row(r"music riffusion jukebox yue", "text-to-music generation", Txt="text prompt", Aud_out="generated music"),
    ),
    "Aud2Txt": (_row(r"\w*caption", "audio captioning", Txt_out="caption"),),
    "Aud2Aud": (
        _row(r"\w*demucs spleeter \w*separat unmix open-?unmix sepformer mdx umx", "audio source separation",
             Aud_out="separated audio"),
        _row(r"\w*denois \w*enhanc deepfilter dns", "speech enhancement", Aud_out="enhanced audio"),
        _row(r"rvc so-vits freevc knn-vc voice-?conv", "voice conversion", Aud_out="converted voice"),
    ),
    "AudImg2Vid": (
        _row(r"wav2lip \w*talk \w*portrait hallo echomimic", "talking-head generation",
             Img="portrait", Aud="speech audio", Vid_out="talking-head video"),
    ),
    "AudVid2Vid": (
        _row(r"wav2lip \w*lip video-?retalk musetalk latentsync", "lip synchronization", Aud="speech audio",
             Vid_out="lip-synced video"),
    ),
    "Vid2Vid": (
        _row(r"rife film(?![a-z]) \w*interpol \w*slomo dain ifrnet", "video frame interpolation",
             Vid_out="interpolated video"),
        _row(r"\w*vsr upscal super-?res realbasic", "video super-resolution", Vid_out="enlarged video"),
        _row(r"stabiliz", "video stabilization", Vid_out="stabilized video"),
    ),
    "Img2Lbl": (
        _row(r"\w*yolo \w*detr rt-?detr \w*detect", "object detection", Lbl_out="labels"),
    ),
}  # fmt: skip


def work_by_name(ports: str, model: str) -> NamedWork | None:
    """What the name of a model says that it does; `None` where it does not tell.

    Args:
        ports: codes of the types on each side in alphabetical order, `ImgTxt2Img`.
        model: owner and name, `lllyasviel-sd-controlnet-openpose`.
    """
    return next((work for cue, work in _BY_NAME.get(ports, ()) if cue.search(model)), None)
