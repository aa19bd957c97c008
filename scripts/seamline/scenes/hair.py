"""Hair and headwear, behind the head and in front of it."""

from __future__ import annotations

import torch
from torch import Tensor

from seamline.scenes.canvas import Canvas, dome, superellipse
from seamline.scenes.traits import Traits, head_outline


def hair_behind(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u, canvas.v
    bare = 1 - traits.scarf
    flow = u + 0.05 * torch.sin(v * 5.0)
    long_ = superellipse(flow / (traits.width + 0.26), (v - 0.32) / 1.36, 2.8) - 1
    strands = 1 + 0.13 * torch.sin(u * 26 + 2 * torch.sin(v * 3)).unsqueeze(1)
    canvas.paint(
        traits.style("long") * bare * canvas.cover(long_), 0.80 * traits.hair * strands, dome(u / 1.25, v * 0.5)
    )
    angle = torch.atan2(u, -(v + 0.18))
    bumps = 0.055 * torch.cos(angle * 13)
    curly = superellipse(u / (traits.width + 0.36), (v + 0.20) / 1.12) - 1 - bumps
    canvas.paint(
        traits.style("curly") * bare * canvas.cover(curly),
        0.84 * _curls(canvas, traits),
        dome(u / 1.3, (v + 0.2) / 1.25),
    )
    bu, bv = u / 0.40, (v + 1.16) / 0.36
    canvas.paint(
        traits.style("bun") * bare * (1 - traits.hat) * canvas.cover((superellipse(bu, bv) - 1) * 0.38),
        traits.hair * (1 + 0.12 * torch.sin((bu + bv) * 9)).unsqueeze(1), dome(bu, bv), gloss=0.15,
    )  # fmt: skip
    scarf = superellipse(u / (traits.width + 0.22), (v - 0.30) / 1.40, 2.5) - 1
    canvas.paint(
        traits.scarf * canvas.cover(scarf), 0.84 * traits.headwear.expand_as(canvas.colour), dome(u / 1.2, v * 0.5)
    )


def _curls(canvas: Canvas, traits: Traits) -> Tensor:
    wave = torch.sin(canvas.u * 17 + 1.2 * torch.sin(canvas.v * 9)) * torch.sin(
        canvas.v * 17 + 1.2 * torch.sin(canvas.u * 11)
    )
    return traits.hair * (1 + 0.24 * wave).unsqueeze(1)


def hair_in_front(canvas: Canvas, traits: Traits) -> None:
    radius, hu, hv = head_outline(canvas, traits)
    u, v = canvas.u, canvas.v
    shown = 1 - traits.scarf
    normals = dome(hu * 0.88, hv * 0.86)
    swept = 1 + 0.09 * torch.sin(torch.atan2(u + 0.55, v + 1.75) * 30).unsqueeze(1)
    combed = 1 + 0.09 * torch.sin(torch.atan2(u, 1.6 - v) * 40).unsqueeze(1)
    shell = (radius - 1.09) * 0.85
    side = 0.62 * torch.sigmoid((u.abs() - traits.width * 0.86) * 40)
    fringe = v + 0.50 - 0.20 * torch.sin(u * 2.4 + 0.9) + 0.03 * torch.sin(u * 15) - side
    parting = v + 0.62 - 0.70 * (u.abs() ** 2.2)
    sleek = v + 0.60 - 0.42 * u * u
    curl_edge = v + 0.46 - 0.30 * u * u + 0.055 * torch.cos(u * 17)
    for name, edge in (("short", fringe), ("long", parting), ("bun", sleek), ("curly", curl_edge)):
        style = traits.style(name) * shown
        shape = torch.maximum(shell - (0.05 if name == "curly" else 0.0), edge)
        shadow = torch.maximum(shell, edge - 0.10 + 0.06 * canvas.light.y)
        canvas.darken(0.30 * style * canvas.cover(shadow, 0.08) * canvas.skin, (0.8, 0.95, 1.0))
        colour = _curls(canvas, traits) if name == "curly" else traits.hair * (swept if name == "short" else combed)
        canvas.paint(style * canvas.cover(shape), colour, normals, gloss=0.05 if name == "curly" else 0.20)


def hat(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u, canvas.v
    cloth = traits.headwear.expand_as(canvas.colour)
    crown = torch.maximum(superellipse(u / (traits.width + 0.13), (v + 0.34) / 0.92, 2.3) - 1, v + 0.42)
    canvas.darken(0.34 * traits.hat * canvas.cover(torch.maximum(crown, v + 0.24), 0.1) * canvas.skin)
    knit = 1 + 0.10 * torch.cos(u * 30).unsqueeze(1)
    canvas.paint(traits.hat * canvas.cover(crown * 0.9), cloth * knit, dome(u / 1.05, (v + 0.30) / 1.1))
    band = torch.maximum((v + 0.50 - 0.06 * u * u).abs() - 0.15, u.abs() - (traits.width + 0.15))
    canvas.paint(traits.hat * canvas.cover(band - 0.02), cloth * 0.86 * knit, dome(u / 1.08, (v + 0.5) * 1.6))
    bob = superellipse(u / 0.24, (v + 1.26) / 0.22) - 1
    canvas.paint(traits.hat * canvas.cover(bob * 0.22), cloth * 1.08, dome(u / 0.24, (v + 1.26) / 0.22))


def headscarf(canvas: Canvas, traits: Traits) -> None:
    radius, hu, hv = head_outline(canvas, traits)
    u, v = canvas.u, canvas.v
    cloth = traits.headwear.expand_as(canvas.colour)
    opening = superellipse(u / (traits.width * 0.86), (v - 0.10) / 0.80, 2.2) - 1
    wrap = torch.maximum(torch.maximum((radius - 1.13) * 0.85, v - 1.10), -opening * 0.75)
    canvas.darken(0.30 * traits.scarf * canvas.cover(-(opening + 0.12) * 0.75, 0.12) * canvas.skin)
    pleats = 1 + 0.09 * torch.sin(radius * 22 + u * 3).unsqueeze(1)
    canvas.paint(traits.scarf * canvas.cover(wrap), cloth * pleats, dome(hu * 0.85, hv * 0.82))
    drape = torch.maximum(superellipse((u - 0.05) / 0.80, (v - 1.22) / 0.42) - 1, 0.86 + 0.16 * u - v)
    canvas.paint(traits.scarf * canvas.cover(drape * 0.5), cloth * 0.93, dome(u / 1.1, (v - 1.15) * 0.9))
