"""Which weights a model runs with, where they are, and the one door through which they are loaded."""
