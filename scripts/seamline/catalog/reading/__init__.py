"""From text to fields: YAML with the line of each part, and what validation says of an entry, with file and line."""
