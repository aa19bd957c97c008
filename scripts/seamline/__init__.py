"""Seamline: answers from a closed catalog, with edits that were run and measured."""

__version__ = "0.1.0"
