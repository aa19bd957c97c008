"""The pictures that samples start from."""
