"""The same edit from other noise."""

from seamline.exhibits.seeds.exhibit import Seeds

EXHIBIT = Seeds()
