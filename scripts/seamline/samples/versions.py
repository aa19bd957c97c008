"""Versions of the code that decides pixels. Raise one when its pictures change; every run it drew becomes stale.

`tests/samples/test_versions.py` holds a fingerprint of what each version draws, and
fails when the pictures move and the version does not.
"""

from __future__ import annotations

SAMPLER = 3
"""The denoising loop: `loop`, `moments`, `attention`. 2: a word that occurs twice has two maps.
3: on a CPU the same arithmetic in another order, which moves a few pixels by one in 255."""

INPUTS = 1
"""Input pictures and what is drawn beside an edit without a model: `inputs`, `photos`."""

ENCODING = 2
"""How pixels become WebP: `marking`, and at which size: `assembling`. 2: less for noise and for attention maps."""
