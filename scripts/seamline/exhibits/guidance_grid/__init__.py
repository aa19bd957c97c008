"""The edit at every pair of two lists of guidance scales."""

from seamline.exhibits.guidance_grid.exhibit import GuidanceGrid

EXHIBIT = GuidanceGrid()
