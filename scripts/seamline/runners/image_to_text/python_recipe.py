"""A caption as a Python program for plain transformers."""

from __future__ import annotations

from seamline.runners.base import Call
from seamline.runners.image_to_text.parameters import CaptionParameters


def as_python(parameters: CaptionParameters, call: Call) -> str:
    """A program that captions the image again, run from the project's folder."""
    pinned = f", revision={call.revision!r}" if call.revision else ""
    lines = [
        "from pathlib import Path",
        "",
        "from PIL import Image",
        "from transformers import BertTokenizer, BlipForConditionalGeneration, BlipImageProcessor",
        "",
        f"weights = {call.weights!r}",
        f"model = BlipForConditionalGeneration.from_pretrained(weights{pinned}, use_safetensors=True)",
        f"image_processor = BlipImageProcessor.from_pretrained(weights{pinned})",
        f"tokenizer = BertTokenizer.from_pretrained(weights{pinned})",
        f"picture = Image.open({call.inputs['image']!r}).convert('RGB')",
        "tokens = model.generate(",
        "    **image_processor(images=picture, return_tensors='pt'),",
        f"    max_new_tokens={parameters.max_new_tokens},",
        "    do_sample=False,",
        "    num_beams=1,",
        ")",
        "caption = tokenizer.decode(tokens[0, 1:], skip_special_tokens=True).strip()",
        f"Path({call.save_as!r}).write_text(caption, encoding='utf-8')",
    ]
    return "\n".join(lines) + "\n"
