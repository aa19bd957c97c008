"""Training as a GPU does it: pairs in its memory, steps recorded as graphs."""
