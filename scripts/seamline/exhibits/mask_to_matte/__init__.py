"""From a rough mask to a matte, pass by pass, and what a composite gains from it."""

from seamline.exhibits.mask_to_matte.exhibit import MaskToMatte

EXHIBIT = MaskToMatte()
