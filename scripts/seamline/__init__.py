"""Seamline: answers from a closed catalog, proved by running the model."""
