"""A depth map as a Python program for plain transformers."""

from __future__ import annotations

from seamline.runners.base import Call


def as_python(call: Call) -> str:
    """A program that estimates the depth again, run from the project's folder: 8 bits, nearest brightest."""
    pinned = f", revision={call.revision!r}" if call.revision else ""
    lines = [
        "import torch",
        "from PIL import Image",
        "from transformers import DepthAnythingForDepthEstimation, DPTImageProcessor",
        "",
        f"weights = {call.weights!r}",
        f"model = DepthAnythingForDepthEstimation.from_pretrained(weights{pinned}, use_safetensors=True)",
        f"image_processor = DPTImageProcessor.from_pretrained(weights{pinned})",
        f"picture = Image.open({call.inputs['image']!r}).convert('RGB')",
        "with torch.inference_mode():",
        "    estimated = model(**image_processor(images=picture, return_tensors='pt'))",
        "size = (picture.height, picture.width)",
        "[resized] = image_processor.post_process_depth_estimation(estimated, [size])",
        "depth = resized['predicted_depth']",
        "depth = (depth - depth.min()) / (depth.max() - depth.min()).clamp_min(1e-12)",
        "grey = (depth * 255).round().to(torch.uint8).numpy()",
        f"Image.fromarray(grey).save({call.save_as!r})",
    ]
    return "\n".join(lines) + "\n"
