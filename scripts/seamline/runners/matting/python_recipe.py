"""A matte as a Python program: for plain transformers, or, of a network of the project's own, for this package."""

from __future__ import annotations

from seamline.runners.base import Call
from seamline.runners.matting.parameters import MattingParameters


def as_python(parameters: MattingParameters, call: Call) -> str:
    """A program that makes the matte again: the matte as a grey picture.

    Weights on a hub are ViTMatte's. A folder of the project is loaded by the runner, as no other library knows the
    network that lies there.
    """
    return _own(parameters, call) if not call.revision else _vitmatte(parameters, call)


def _vitmatte(parameters: MattingParameters, call: Call) -> str:
    band = parameters.trimap_band or "max(1, min(picture.size) // 16)"
    return "\n".join([
        "import torch",
        "from PIL import Image, ImageFilter",
        "from transformers import VitMatteForImageMatting, VitMatteImageProcessor",
        "",
        f"weights, revision = {call.weights!r}, {call.revision!r}",
        "model = VitMatteForImageMatting.from_pretrained(weights, revision=revision, use_safetensors=True)",
        "image_processor = VitMatteImageProcessor.from_pretrained(weights, revision=revision)",
        f"picture = Image.open({call.inputs['image']!r}).convert('RGB')",
        f"mask = Image.open({call.inputs['mask']!r}).convert('L').point(lambda value: 255 * (value > 127))",
        f"side = 2 * {band} + 1",
        "grown, kept = mask.filter(ImageFilter.MaxFilter(side)), mask.filter(ImageFilter.MinFilter(side))",
        "trimap = Image.composite(kept, Image.new('L', mask.size, 128), kept)",
        "trimap.paste(0, mask=grown.point(lambda value: 255 - value))",
        "inputs = image_processor(images=picture, trimaps=trimap, return_tensors='pt')",
        "with torch.inference_mode():",
        "    alpha = model(**inputs).alphas[0, 0, : picture.height, : picture.width].clamp(0, 1)",
        f"Image.fromarray((alpha * 255).round().to(torch.uint8).numpy()).save({call.save_as!r})",
    ]) + "\n"  # fmt: skip


def _own(parameters: MattingParameters, call: Call) -> str:
    given = {name: value for name, value in parameters.model_dump().items() if value is not None}
    arguments = "".join(f", {name}={value}" for name, value in given.items())
    return "\n".join([
        "from pathlib import Path",
        "",
        "import numpy as np",
        "from PIL import Image",
        "from seamline.runners.matting.estimation import MattingRequest, estimate, load",
        "",
        f"matter = load(Path({call.weights!r}), 'cpu', 'float32')",
        f"image = np.asarray(Image.open({call.inputs['image']!r}).convert('RGB'))",
        f"mask = np.asarray(Image.open({call.inputs['mask']!r}).convert('L'))",
        f"request = MattingRequest('image', 'mask'{arguments})",
        "alpha = estimate(matter, request, {'image': image, 'mask': mask}).values['alpha']",
        f"Image.fromarray((alpha * 255).round().astype(np.uint8)).save({call.save_as!r})",
    ]) + "\n"  # fmt: skip
