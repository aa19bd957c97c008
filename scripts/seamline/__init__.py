"""Seamline: answers from a closed catalog, proved by running the model."""

__version__ = "0.1.0"
