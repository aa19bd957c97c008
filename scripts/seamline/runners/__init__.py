"""One folder a model kind: what loads it, runs it and explains it."""
