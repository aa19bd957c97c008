"""Scenes from seeds: the same seed gives the same scene on every machine.

Seeds below `FIRST_TRAINING_SEED` are reserved for pictures a reader sees and for
evaluation; training draws only from there upward, so that no shown or scored
picture was ever trained on.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, Identity, Light, Person, Scene

FIRST_TRAINING_SEED = 1_000_000
CLOTHES, BACKDROPS = 10, 8

_RARE = {"glasses": 0.4, "beard": 0.3, "hat": 0.35}
"""Chance that an accessory is worn; every other attribute is uniform over its row."""


def scene_from_seed(seed: int, people: int | None = None) -> Scene:
    """A scene of `people` (2 or 3; drawn from the seed when not given).

    Raises:
        ValueError: a number of people other than 2 or 3, or a negative seed.
    """
    if seed < 0 or people not in (None, 2, 3):
        raise ValueError(f"a scene needs a seed of 0 or more and 2 or 3 people, not seed {seed} and {people} people")
    rng = random.Random(seed)
    count = rng.choice((2, 3))
    count = people or count
    light = Light(
        azimuth=rng.uniform(-75.0, 75.0),
        elevation=rng.uniform(12.0, 55.0),
        warmth=rng.uniform(-1.0, 1.0),
        strength=rng.uniform(0.5, 0.8),
    )
    return Scene(
        people=tuple(_person(rng, place, count) for place in range(count)),
        light=light,
        backdrop=rng.randrange(BACKDROPS),
    )


def identity_from(rng: random.Random) -> Identity:
    """An identity whose attributes are drawn independently of one another."""
    return Identity(**{name: _value(rng, name, row) for name, row in IDENTITY_GRID.items()})


def _value(rng: random.Random, name: str, row: Sequence[str]) -> str:
    if name not in _RARE:
        return rng.choice(row)
    return rng.choice(row[1:]) if rng.random() < _RARE[name] else row[0]


def _person(rng: random.Random, place: int, count: int) -> Person:
    spacing = 0.62 if count == 2 else 0.47
    scale = rng.uniform(0.235, 0.275) if count == 2 else rng.uniform(0.195, 0.225)
    return Person(
        identity=identity_from(rng),
        expression=rng.choice(EXPRESSIONS),
        x=(place - (count - 1) / 2) * spacing + rng.uniform(-0.02, 0.02),
        y=rng.uniform(-0.10, 0.01),
        scale=scale,
        tilt=rng.uniform(-10.0, 10.0),
        clothes=rng.randrange(CLOTHES),
    )
