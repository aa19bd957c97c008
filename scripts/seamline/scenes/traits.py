"""People's attributes as tensors, one entry a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from seamline.scenes import palette
from seamline.scenes.canvas import Canvas, superellipse
from seamline.scenes.state import Person

# expression: eye opening, brow height, brow slope (inner end up), mouth width, curve, opening, lid smile
_FACES: dict[str, tuple[float, float, float, float, float, float, float]] = {
    "neutral": (0.92, 0.00, 0.00, 0.27, 0.00, 0.00, 0.0),
    "smiling": (0.80, 0.02, 0.01, 0.40, 0.20, 0.03, 0.4),
    "laughing": (0.30, 0.06, 0.02, 0.44, 0.20, 0.27, 1.0),
    "surprised": (1.30, 0.17, 0.03, 0.16, 0.00, 0.24, 0.0),
    "sad": (0.72, 0.03, 0.16, 0.30, -0.20, 0.00, 0.0),
    "angry": (0.66, -0.10, -0.17, 0.34, -0.10, 0.08, 0.0),
}


class Traits:
    """Attributes of N people as tensors shaped (N,1,1), or (N,3,1,1) for colours."""

    def __init__(self, people: Sequence[Person], device: torch.device) -> None:
        self._people, self._device = people, device
        faces = torch.tensor([_FACES[person.expression] for person in people], device=device)
        columns = (column.view(-1, 1, 1) for column in faces.unbind(1))
        self.eye, self.brow, self.slope, self.mouth_width, self.curve, self.opening, self.lid = columns
        self.skin = self.colour(lambda person: palette.SKIN[person.identity.skin])
        self.hair = self.colour(lambda person: palette.HAIR[person.identity.hair_colour])
        self.clothes = self.colour(lambda person: palette.CLOTHES[person.clothes])
        self.headwear = self.colour(lambda person: palette.HEADWEAR[person.clothes])
        self.woman = self.flag(lambda person: person.identity.presentation == "woman")
        self.middle_aged = self.flag(lambda person: person.identity.age == "middle-aged")
        self.old = self.flag(lambda person: person.identity.age == "old")
        self.glasses = self.flag(lambda person: person.identity.glasses == "glasses")
        self.beard = self.flag(lambda person: person.identity.beard == "beard")
        self.hat = self.flag(lambda person: person.identity.hat == "hat")
        self.scarf = self.flag(lambda person: person.identity.hat == "headscarf")
        shape = {"round": (0.88, 2.0, 0.06), "oval": (0.77, 2.0, 0.17), "square": (0.82, 2.7, 0.05)}
        forms = torch.tensor([shape[person.identity.face_shape] for person in people], device=device)
        self.width, self.power, self.taper = (column.view(-1, 1, 1) for column in forms.unbind(1))
        self.width = self.width - 0.02 * self.woman
        self.taper = self.taper + 0.09 * self.woman

    def flag(self, test: Callable[[Person], bool]) -> Tensor:
        return torch.tensor([float(test(person)) for person in self._people], device=self._device).view(-1, 1, 1)

    def style(self, name: str) -> Tensor:
        return self.flag(lambda person: person.identity.hair_style == name)

    def colour(self, pick: Callable[[Person], palette.RGB]) -> Tensor:
        return torch.tensor([pick(person) for person in self._people], device=self._device).view(-1, 3, 1, 1)

    def plain(self, rgb: palette.RGB) -> Tensor:
        return torch.tensor(rgb, device=self._device).view(1, 3, 1, 1)


def head_outline(canvas: Canvas, traits: Traits) -> tuple[Tensor, Tensor, Tensor]:
    """(radius in the head's norm, u and v scaled to it), finite everywhere.

    The taper narrows the head to nothing at one height well below the chin. A pixel's centre can lie exactly there;
    the smallest width that float32 can tell from nothing keeps its coordinates finite, and far outside the head.
    """
    jaw = canvas.v.clamp(min=0)
    narrowing = 1 - traits.taper * jaw * jaw
    narrowing = narrowing.masked_fill(narrowing == 0, torch.finfo(narrowing.dtype).eps / 2)
    u = canvas.u / (traits.width * narrowing)
    return superellipse(u, canvas.v, traits.power), u, canvas.v
