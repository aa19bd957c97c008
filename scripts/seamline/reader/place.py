"""Where the reader lies, and how to get it: known without numpy."""

FOLDER = "catalog/weights/reader"
"""Where the reader lies, below the project."""
WEIGHTS, VOCABULARY, CONFIG = "model.safetensors", "vocab.txt", "config.json"
HOW_TO_GET = "pip install seamline-reader, then `seamline weights`; or name a folder: seamline weights --from FOLDER"
