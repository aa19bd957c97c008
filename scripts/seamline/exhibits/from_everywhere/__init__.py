"""One edit seen from a row of cameras: through a canonical image, view by view, and stamped."""

from seamline.exhibits.from_everywhere.exhibit import FromEverywhere

EXHIBIT = FromEverywhere()
