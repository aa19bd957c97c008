"""Pictures to train an autoencoder on, and where in them an error counts more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes.state import IDENTITY_GRID, Scene
from tools.training.autoencoder import Autoencoder, encode
from tools.training.config import AutoencoderPlan, Pictures
from tools.training.scene_rasterizing import Pixels, pixels_in_parallel

_FULL_AGE_DIFFERENCE = 38.0
"""Difference between young and old in any channel, of 255, from which a pixel fully counts as one where age shows."""
_OLDER_PREFERENCE = 2.0
"""How much likelier a crop is around somebody with lines in the face than around somebody young."""


@dataclass(frozen=True)
class Gallery:
    """Pictures to train an autoencoder on.

    Attributes:
        pictures: (B,3,H,W) uint8.
        faces: (B,3,H/f,W/f) uint8, how much of each latent pixel is each person's head.
        landmarks: (B,3,5,2) float32, in pixels; zeros where nobody is.
        age: (B,1,H,W) uint8, 255 where young and old people look different; all zero unless `plan.age_weight` is set.
        crop_probability: (B,3) float32, relative probability that a crop around a face is around each person's.
        teacher_latents: (B,C,H/f,W/f) float16, the teacher's latents; no channels without a teacher.
    """

    pictures: Tensor
    faces: Tensor
    landmarks: Tensor
    age: Tensor
    crop_probability: Tensor
    teacher_latents: Tensor

    @classmethod
    def of(
        cls, scenes: Sequence[Scene], world: Pictures, plan: AutoencoderPlan, teacher: Autoencoder | None, workers: int
    ) -> Self:
        """Rasterize `scenes`, and where age shows only if `plan.age_weight` is set."""
        pixels = pixels_in_parallel(scenes, world, plan.factor, workers)
        return cls(
            pixels.pictures,
            pixels.faces,
            pixels.landmarks,
            _where_age_shows(scenes, world, plan, workers) if plan.age_weight else pixels.pictures[:, :1] * 0,
            torch.tensor([_crop_weights(scene) for scene in scenes]),
            _latents_of_teacher(pixels, teacher) if teacher is not None else pixels.faces[:, :0].half(),
        )

    def crops(self, plan: AutoencoderPlan, generator: torch.Generator) -> Gallery:
        """`plan.batch` random crops; their corners lie between latent pixels."""
        factor, size = plan.factor, plan.crop // plan.factor
        picked = torch.randint(len(self.pictures), (plan.batch,), generator=generator).tolist()
        corners = [self._corner(index, size, plan, generator) for index in picked]

        def cut(whole: Tensor, scale: int) -> Tensor:
            return torch.stack([
                whole[index, :, top * scale : (top + size) * scale, left * scale : (left + size) * scale]
                for index, (left, top) in zip(picked, corners, strict=True)
            ])  # fmt: skip

        return Gallery(
            cut(self.pictures, factor),
            cut(self.faces, 1),
            self.landmarks[picked],
            cut(self.age, factor),
            self.crop_probability[picked],
            cut(self.teacher_latents, 1),
        )

    def split(self, parts: int) -> list[Gallery]:
        """The gallery in `parts` of nearly equal size, or in fewer."""
        names = tuple(self.__dataclass_fields__)
        pieces = zip(*(getattr(self, name).chunk(parts) for name in names), strict=True)
        return [Gallery(**dict(zip(names, piece, strict=True))) for piece in pieces]

    def save(self, path: Path) -> None:
        """Write to a safetensors file, atomically."""
        from safetensors.torch import save_file

        part = path.with_suffix(".partial")
        save_file({name: getattr(self, name).contiguous() for name in self.__dataclass_fields__}, part)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        from safetensors.torch import load_file

        return cls(**load_file(path))

    def _corner(self, index: int, size: int, plan: AutoencoderPlan, generator: torch.Generator) -> tuple[int, int]:
        height, width = self.faces.shape[-2:]
        room = torch.tensor([width - size, height - size])
        if torch.rand((), generator=generator) < plan.face_share:
            person = int(torch.multinomial(self.crop_probability[index], 1, generator=generator))
            mark = int(torch.randint(self.landmarks.shape[2], (), generator=generator))
            at = self.landmarks[index, person, mark] / plan.factor - size / 2
            at = at + 2 * torch.randn(2, generator=generator)
        else:
            at = torch.rand(2, generator=generator) * (room + 1)
        left, top = torch.minimum(at.long().clamp(min=0), room).tolist()
        return left, top


def _crop_weights(scene: Scene) -> list[float]:
    weights = [1.0 if person.identity.age == "young" else _OLDER_PREFERENCE for person in scene.people]
    return weights + [0.0] * (3 - len(weights))


def _where_age_shows(scenes: Sequence[Scene], world: Pictures, plan: AutoencoderPlan, workers: int) -> Tensor:
    youngest, *_, oldest = (
        pixels_in_parallel([_aged(scene, age) for scene in scenes], world, plan.factor, workers).pictures
        for age in (IDENTITY_GRID["age"][0], IDENTITY_GRID["age"][-1])
    )
    difference = (youngest.short() - oldest.short()).abs().amax(1, keepdim=True)
    return difference.float().mul(255 / _FULL_AGE_DIFFERENCE).clamp(max=255).byte()


def _aged(scene: Scene, age: str) -> Scene:
    people = (replace(person, identity=replace(person.identity, age=age)) for person in scene.people)
    return replace(scene, people=tuple(people))


def _latents_of_teacher(pixels: Pixels, teacher: Autoencoder) -> Tensor:
    halves = [F.avg_pool2d(part.float(), 2).round().byte() for part in pixels.pictures.split(16)]
    return torch.cat([encode(teacher, half).half() for half in halves])
