"""The representation: planes of density, a projection field, a canonical image; and how a camera sees them.

After AGAP (Cheng et al., 3DV 2025), in small, for a row of cameras that look the same way:

- Geometry. There an explicit 3D density grid [project page]; here opacity on planes parallel to the picture, the
  hindmost opaque. Planes begin at whole disparities; learning moves them.
- Colour. There an explicit 2D canonical image, the same for all 3D points [abstract]; here likewise.
- Projection field. There it maps 3D points to pixels of the canonical image, and begins with a pseudo canonical
  camera [abstract]; here it is the middle camera's projection plus an offset, on a coarse grid a plane and bilinear
  between. It does not depend on the viewing direction, as the paper's does [project page].
- A view. There volume rendering [project page]; here the same sum, over planes.

Everything is written from the
paper's description; nothing is taken from its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes.cameras import Camera


@dataclass(frozen=True)
class Layout:
    """Sizes, in pixels.

    Attributes:
        width, height: of a view.
        margin_x, margin_y: by how much the canonical image is larger, on each side.
        cell: side of a cell of the offset grids.
    """

    width: int
    height: int
    margin_x: int
    margin_y: int
    cell: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the canonical image and of each plane."""
        return self.height + 2 * self.margin_y, self.width + 2 * self.margin_x

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of an offset grid."""
        height, width = self.size
        return height // self.cell + 1, width // self.cell + 1


def plane_coordinates(layout: Layout, disparities: Tensor, camera: Camera) -> Tensor:
    """(K,H,W,2): where each pixel of a camera's picture meets each plane, x and y in pixels of the canonical image.

    On each plane these are the coordinates that the middle camera gives the same point: the pseudo canonical camera.
    """
    rows = torch.arange(layout.height, dtype=torch.float32).view(1, -1, 1) + layout.margin_y
    columns = torch.arange(layout.width, dtype=torch.float32).view(1, 1, -1) + layout.margin_x
    disparity = disparities.view(-1, 1, 1)
    x = (columns + camera.x * disparity).expand(-1, layout.height, -1)
    y = (rows - camera.y * disparity).expand(-1, -1, layout.width)
    return torch.stack([x, y], -1)


def sampled(image: Tensor, at: Tensor) -> Tensor:
    """(K,C,H,W): `image` (K,C,h,w) bilinearly at pixels `at` (K,H,W,2), x and y; edges repeated."""
    height, width = image.shape[-2:]
    scale = torch.tensor([2 / (width - 1), 2 / (height - 1)])
    return F.grid_sample(image, at * scale - 1, mode="bilinear", padding_mode="border", align_corners=True)


def dense_offsets(grids: Tensor, layout: Layout) -> Tensor:
    """(K,2,h,w): offset grids (K,2,rows,columns) at each pixel of a plane, bilinear between the grid's points."""
    rows, columns = layout.grid
    height, width = layout.size
    wide = F.interpolate(
        grids, size=((rows - 1) * layout.cell + 1, (columns - 1) * layout.cell + 1), mode="bilinear", align_corners=True
    )
    return wide[..., :height, :width]


def weights_of(alpha: Tensor) -> Tensor:
    """(K,H,W): how much of what is seen is on each plane, of opacities (K,H,W) with the nearest last."""
    behind = torch.cumprod(1 - alpha.flip(0), 0)
    transmitted = torch.cat([torch.ones_like(alpha[:1]), behind[:-1]]).flip(0)
    return alpha * transmitted


@dataclass(frozen=True)
class Seen:
    """What a camera sees.

    Attributes:
        picture: (3,H,W).
        weights: (K,H,W), of each plane in it.
        looked_up: (K,H,W,2), where each plane's pixels take their colour, in pixels of the canonical image.
    """

    picture: Tensor
    weights: Tensor
    looked_up: Tensor


def render(
    alpha: Tensor, offsets: Tensor, canonical: Tensor, disparities: Tensor, layout: Layout, camera: Camera
) -> Seen:
    """A camera's picture.

    Args:
        alpha: (K,h,w) opacities in 0..1; those of the hindmost plane count as 1.
        offsets: (K,2,h,w) in pixels.
        canonical: (3,h,w); may be larger than a plane by a whole factor.
        disparities: (K,) of the planes, pixels a unit of the baseline; nearest last.
    """
    at = plane_coordinates(layout, disparities, camera)
    fields = sampled(torch.cat([alpha[:, None], offsets], 1), at)
    opacity = torch.cat([torch.ones_like(fields[:1, 0]), fields[1:, 0]])
    looked_up = at + fields[:, 1:].permute(0, 2, 3, 1)
    factor = canonical.shape[-1] / alpha.shape[-1]
    fine = (looked_up + 0.5) * factor - 0.5
    colours = sampled(canonical[None].expand(len(alpha), -1, -1, -1), fine)
    weights = weights_of(opacity)
    return Seen((weights[:, None] * colours).sum(0), weights, looked_up)


def stacked(pictures: Sequence[Tensor]) -> Tensor:
    """Views (3,H,W) -> one picture (3,N·H,W), from the first on top to the last."""
    return torch.cat(list(pictures), 1)
