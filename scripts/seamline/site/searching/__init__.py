"""Search in a built site, the same whichever builder built it."""
