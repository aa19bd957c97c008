"""A canonical image learned from views of one scene, in the role of AGAP (Cheng et al., 3DV 2025)."""

from seamline.runners.canonical_image.runner import CanonicalImage

RUNNER = CanonicalImage()
