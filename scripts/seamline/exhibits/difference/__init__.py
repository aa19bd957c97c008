"""What the edit changed, and what it should have changed."""

from seamline.exhibits.difference.exhibit import Difference

EXHIBIT = Difference()
