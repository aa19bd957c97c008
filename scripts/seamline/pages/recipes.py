"""A sample as files a reader can take home: YAML for the catalog, Python for plain diffusers."""

from __future__ import annotations

import yaml

from seamline.catalog.entries import Model, Sample
from seamline.pages import site_map
from seamline.samples.records import RunRecord


def as_yaml(sample: Sample) -> str:
    """The recipe as `catalog/samples/<id>.yml` would hold it, without fields left at their defaults."""
    fields = sample.model_dump(mode="json", exclude_defaults=True)
    # PyYAML's dumper writes lines to a width and quotes where it must; order is the schema's.
    return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)


def as_python(sample_id: str, sample: Sample, model: Model, record: RunRecord | None) -> str:
    """The recipe as a script for unmodified diffusers, run from the project's folder.

    It loads the weights that drew the shown run (the mini editor's when there is none yet) and the
    input image as that run saw it.
    """
    weights = record.weights.name if record else "mini"
    shown = record.one("input") if record else None
    picture = f"generated/{site_map.run_folder(sample_id, weights)}{shown.file if shown else 'input.webp'}"
    parameters = sample.parameters
    scheduler = parameters.scheduler
    imports = [name for name in (scheduler, "StableDiffusionInstructPix2PixPipeline") if name]
    lines = [
        "import torch",
        f"from diffusers import {', '.join(sorted(imports))}",
        "from PIL import Image",
        "",
        f"pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained({_from_pretrained(model, record)})",
    ]
    if scheduler:
        lines.append(f"pipeline.scheduler = {scheduler}.from_config(pipeline.scheduler.config)")
    lines += [
        f"picture = Image.open({picture!r}).convert('RGB')",
        "edited = pipeline(",
        f"    {sample.instruction!r},",
        "    image=picture,",
        f"    num_inference_steps={parameters.num_inference_steps},",
        f"    guidance_scale={parameters.guidance_scale!r},",
        f"    image_guidance_scale={parameters.image_guidance_scale!r},",
        f"    generator=torch.Generator('cpu').manual_seed({parameters.seed}),",
        ").images[0]",
        f"edited.save({f'{sample_id}.png'!r})",
    ]
    return "\n".join(lines) + "\n"


def _from_pretrained(model: Model, record: RunRecord | None) -> str:
    if record is None or record.weights.name == "mini" or model.weights is None:
        return repr("catalog/weights/mini")
    # The weights that drew the run, which the catalog may have left behind since.
    repo, _, revision = record.weights.source.partition("@")
    return f"{repo!r}, revision={revision!r}, use_safetensors=True"
