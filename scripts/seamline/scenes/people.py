"""People drawn on a canvas: body, head, face and hair, back to front.

Sizes are in head units: the head's outline is about 1 high and 0.8 wide each way
from its centre. Every expression, age and accessory must stay legible when a head
is only forty pixels high, so features are larger and simpler than in life.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from seamline.scenes import palette
from seamline.scenes.canvas import Canvas, dome, stroke, superellipse
from seamline.scenes.hair import hair_behind, hair_in_front, hat, headscarf
from seamline.scenes.state import Person
from seamline.scenes.traits import Traits, head_outline


def paint_people(canvas: Canvas, people: Sequence[Person]) -> None:
    """Paint one person on each patch."""
    traits = Traits(people, canvas.u.device)
    hair_behind(canvas.window(-1.6, 1.6, -1.8, 2.0), traits)
    _body(canvas.window(-1.75, 1.75, 0.5, 3.6), traits)
    head, face = canvas.window(-1.3, 1.3, -1.3, 1.3), canvas.window(-1.0, 1.0, -0.9, 1.05)
    _head(head, traits)
    _age(face, traits)
    _mouth(canvas.window(-0.7, 0.7, 0.2, 1.05), traits)
    _beard(canvas.window(-1.15, 1.15, -0.05, 1.25), traits)
    for side in (-1.0, 1.0):
        _eye(canvas.window(0.35 * side - 0.5, 0.35 * side + 0.5, -0.75, 0.4), traits, side)
    _nose(canvas.window(-0.45, 0.45, -0.05, 0.7), traits)
    hair_in_front(head, traits)
    hat(canvas.window(-1.35, 1.35, -1.8, 0.2), traits)
    headscarf(canvas.window(-1.35, 1.35, -1.5, 1.9), traits)
    _glasses(face, traits)


def _body(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.bu, canvas.bv
    bu, bv = u / 1.52, (v - 2.75) / 1.5
    shoulders = superellipse(bu, bv, 2.6) - 1
    canvas.paint(canvas.cover(shoulders), traits.clothes.expand_as(canvas.colour), dome(bu, bv * 0.8), head=False)
    neck_width = 0.40 - 0.05 * traits.woman
    neck = torch.maximum(u.abs() - neck_width, (v - 1.42).abs() - 0.62)
    collar = superellipse(u / 0.56, (v - 1.32) / 0.50) - 1
    canvas.paint(
        canvas.cover(collar * 0.5), 0.80 * traits.clothes.expand_as(canvas.colour), dome(bu, bv * 0.8), head=False
    )
    throat = superellipse(u / 0.47, (v - 1.30) / 0.42) - 1
    both = torch.minimum(torch.maximum(neck, v - 1.45), throat * 0.45)
    canvas.paint(canvas.cover(both), traits.skin.expand_as(canvas.colour), dome(u / 0.55, (v - 1.2) * 0.25), head=False)
    lx, ly = canvas.light.x, canvas.light.y
    under = superellipse((u + 0.22 * lx) / 0.70, (v - 0.55 + 0.35 * ly) / 0.78) - 1
    canvas.darken(0.42 * canvas.cover(under * 0.7, 0.22) * canvas.cover(both), (0.75, 0.9, 1.0))


def _head(canvas: Canvas, traits: Traits) -> None:
    radius, u, v = head_outline(canvas, traits)
    skin = traits.skin.expand_as(canvas.colour)
    for side in (-1.0, 1.0):
        eu, ev = (canvas.u - side * traits.width * 1.0) / 0.15, (canvas.v - 0.08) / 0.24
        ear = superellipse(eu, ev) - 1
        canvas.paint(canvas.cover(ear * 0.17) * (1 - traits.scarf), skin * 0.94, dome(eu * 0.8, ev * 0.8))
    cheeks = torch.exp(-(((canvas.u.abs() - 0.46) / 0.22) ** 2 + ((canvas.v - 0.36) / 0.18) ** 2)).unsqueeze(1)
    blush = torch.tensor((0.05, -0.05, -0.04), device=skin.device).view(1, 3, 1, 1)
    canvas.paint(canvas.cover((radius - 1) * 0.85), skin + blush * cheeks, dome(u * 0.94, v * 0.90), skin=True)


def _age(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u.abs(), canvas.v
    folds = stroke(u, v, (0.23, 0.35), (0.38, 0.56)) - 0.014
    bags = (superellipse((u - 0.36) / 0.17, (v - 0.17) / 0.10) - 1).abs() * 0.10 - 0.013
    bags = torch.maximum(bags, 0.21 - v)
    forehead = torch.stack([((v + height) + 0.05 * (u / 0.4) ** 2).abs() for height in (0.50, 0.62)]).amin(0)
    forehead = torch.maximum(forehead - 0.017, u - 0.36)
    feet = torch.stack([stroke(u, v, (0.57, 0.02), (0.70, end)) for end in (-0.06, 0.10)]).amin(0) - 0.015
    lines = 0.36 * torch.maximum(traits.middle_aged * 0.8, traits.old) * canvas.cover(folds)
    lines = torch.maximum(lines, 0.26 * traits.old * canvas.cover(bags))
    lines = torch.maximum(lines, 0.34 * traits.old * canvas.cover(torch.minimum(forehead, feet)))
    hollow = traits.old * torch.exp(-(((u - 0.50) / 0.13) ** 2 + ((v - 0.52) / 0.20) ** 2)) * 0.16
    canvas.darken((lines + hollow) * canvas.skin, (0.8, 1.0, 1.0))


def _mouth(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u, canvas.v - 0.56
    across = (u / traits.mouth_width).clamp(-1.2, 1.2)
    bend = traits.curve * (0.45 - across * across)
    arch = torch.sqrt((1 - across * across).clamp(min=0))
    lip = 0.030 + 0.030 * traits.woman
    below, above = v - bend, bend - v
    upper, lower = above - traits.opening * 0.35 * arch, below - traits.opening * arch
    edge = (u.abs() - traits.mouth_width) * 1.0
    inside = torch.maximum(torch.maximum(upper, lower), edge)
    full = lip * (0.55 + 0.45 * arch)
    outside = torch.maximum(torch.maximum(upper - full * 0.9, lower - full), edge - 0.02)
    tone = torch.lerp(
        traits.skin * 0.62,
        0.72 * traits.plain(palette.LIPS) + 0.28 * traits.skin,
        0.15 + 0.80 * traits.woman.unsqueeze(1),
    )
    flat = dome(canvas.u * 0.7, canvas.v * 0.7)
    canvas.paint(canvas.cover(outside), tone.expand_as(canvas.colour), flat)
    open_ = (traits.opening > 0.01).float()
    line = torch.maximum((v - bend).abs() - 0.016, edge)
    canvas.glaze(canvas.cover(line) * (1 - open_) * 0.75, traits.skin * 0.28)
    cavity = canvas.cover(inside) * open_
    canvas.glaze(cavity, traits.plain(palette.MOUTH))
    tongue = (
        superellipse(
            u / (traits.mouth_width * 0.62), (v - bend - traits.opening * 0.95) / (traits.opening * 0.55 + 0.01)
        )
        - 1
    )
    canvas.glaze(cavity * canvas.cover(tongue * 0.1) * (traits.opening > 0.15), 0.85 * traits.plain(palette.TONGUE))
    round_ = (traits.mouth_width < 0.2).float()
    teeth = torch.minimum(upper + 0.10 + 0.03 * traits.lid, torch.full_like(upper, 1.0))
    canvas.glaze(cavity * canvas.cover(-teeth) * (1 - round_), 0.94 * traits.plain(palette.TEETH))


def _beard(canvas: Canvas, traits: Traits) -> None:
    radius, u, v = head_outline(canvas, traits)
    grown = (radius - 1.05) * 0.85
    chin = 0.30 - 0.55 * (canvas.u.abs() - 0.40).clamp(min=0) - canvas.v + 0.22 * torch.exp(-((canvas.u / 0.40) ** 2))
    moustache = stroke(canvas.u.abs(), canvas.v, (0.0, 0.40), (0.30, 0.47)) - 0.065
    mouth = (
        superellipse(
            canvas.u / (traits.mouth_width + 0.05),
            (canvas.v - 0.57 - 0.4 * traits.opening) / (0.11 + traits.opening * 0.9),
        )
        - 1
    )
    shape = torch.minimum(torch.maximum(torch.maximum(grown, chin), -mouth * 0.13), moustache)
    grain = 1 + 0.12 * torch.sin(canvas.u * 34 + torch.sin(canvas.v * 23) * 1.4)
    canvas.paint(traits.beard * canvas.cover(shape), 0.92 * traits.hair * grain.unsqueeze(1), dome(u * 0.90, v * 0.88))


def _eye(canvas: Canvas, traits: Traits, side: float) -> None:
    open_ = traits.eye
    u, v = canvas.u * side - 0.35, canvas.v - 0.03
    white = superellipse(u / 0.185, v / (0.155 * open_)) - 1
    lid = v + 0.155 * open_ * 0.55
    white = torch.maximum(white * 0.16, -lid * 1.0)
    socket = torch.exp(-((u / 0.25) ** 2 + ((v + 0.03) / 0.20) ** 2))
    canvas.darken(0.13 * socket * canvas.skin, (0.7, 0.9, 1.0))
    shut = (traits.lid > 0.9).float()
    seen = canvas.cover(white) * (1 - shut)
    glow = 0.80 + 0.16 * canvas.light.z.unsqueeze(1)
    canvas.glaze(seen, traits.plain(palette.EYE_WHITE) * glow)
    disc = torch.sqrt(u * u + v * v + 1e-9)
    canvas.glaze(seen * canvas.cover(disc - 0.115), traits.plain(palette.IRIS))
    canvas.glaze(seen * canvas.cover(disc - 0.062), traits.plain((0.04, 0.03, 0.04)))
    spark = torch.sqrt((u * side - 0.045 * canvas.light.x - 0.01) ** 2 + (v + 0.05) ** 2 + 1e-9) - 0.034
    canvas.glaze(seen * canvas.cover(spark), traits.plain((1.0, 1.0, 1.0)))
    top = 0.155 * open_ * 0.62 * (1 - (u / 0.24) ** 2).clamp(min=0)
    arc = torch.maximum((v + top).abs() - (0.022 + 0.022 * traits.woman), u.abs() - 0.20)
    lash = stroke(u, v, (0.17, -0.02), (0.27, -0.10)) - 0.028
    arc = torch.minimum(arc, torch.where(traits.woman > 0.5, lash, torch.ones_like(lash)))
    ink = traits.plain((0.10, 0.07, 0.08))
    canvas.glaze(canvas.cover(arc) * (1 - shut) * 0.9, ink)
    smile = torch.maximum((v + 0.10 * (1 - (u / 0.18) ** 2)).abs() - 0.030, u.abs() - 0.19)
    smile = torch.minimum(smile, torch.where(traits.woman > 0.5, lash, torch.ones_like(lash)))
    canvas.glaze(canvas.cover(smile) * shut, ink)
    inner, outer = -0.20, 0.21
    height = -0.30 - traits.brow
    inner_end, outer_end = height - traits.slope * 0.75, height + 0.035 + traits.slope * 0.45
    arched = 0.055 * (1 - (u / 0.22) ** 2).clamp(min=0) * (traits.slope.abs() < 0.1)
    brow = stroke(u, v + arched, (inner, inner_end), (outer, outer_end)) - (0.048 - 0.016 * traits.woman)
    canvas.glaze(canvas.cover(brow), traits.hair * 0.62 * (0.55 + 0.45 * canvas.light.strength))


def _nose(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u, canvas.v
    cast = superellipse((u + 0.11 * canvas.light.x) / 0.13, (v - 0.29 + 0.06 * canvas.light.y) / 0.17) - 1
    canvas.darken(0.22 * canvas.cover(cast * 0.13, 0.06) * canvas.skin, (0.7, 0.95, 1.0))
    nu, nv = u / 0.125, (v - 0.27) / 0.13
    canvas.paint(
        canvas.cover((superellipse(nu, nv) - 1) * 0.125, 0.03),
        traits.skin.expand_as(canvas.colour),
        dome(nu, nv),
        skin=True,
        gloss=0.10,
    )


def _glasses(canvas: Canvas, traits: Traits) -> None:
    u, v = canvas.u.abs() - 0.36, canvas.v - 0.04
    ring = (superellipse(u / 0.27, v / 0.235, 2.6) - 1) * 0.24
    worn = traits.glasses
    canvas.glaze(worn * canvas.cover(ring) * 0.16, traits.plain((0.85, 0.95, 1.0)))
    bridge = torch.maximum((canvas.v + 0.02).abs() - 0.022, canvas.u.abs() - 0.10)
    arm = torch.maximum((canvas.v + 0.02).abs() - 0.024, (canvas.u.abs() - 0.72).abs() - 0.12)
    frame = torch.minimum(torch.minimum(ring.abs() - 0.030, bridge), arm)
    canvas.glaze(worn * canvas.cover(frame), traits.plain(palette.FRAMES))
