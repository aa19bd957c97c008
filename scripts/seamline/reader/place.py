"""Where the reader lies, and how to get it: known without numpy."""

FOLDER = "catalog/weights/reader"
"""Where the reader lies, below the project."""
WEIGHTS, VOCABULARY, CONFIG = "model.safetensors", "vocab.txt", "config.json"
LEAST = 1_000_000
"""Bytes of the smallest file of weights that can be a reader: a pointer or a torn download is smaller."""
HOW_TO_GET = (
    "pip install seamline-reader, then `seamline weights`; "
    "or name a checkout of Seamline: seamline weights --from FOLDER"
)
