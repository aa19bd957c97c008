"""Scene -> pixels and ground truth."""
