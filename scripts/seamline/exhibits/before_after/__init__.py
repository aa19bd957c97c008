"""Input image and edited image under one slider."""

from seamline.exhibits.before_after.exhibit import BeforeAfter

EXHIBIT = BeforeAfter()
