"""Numbers about one edit, from pixels and, for scenes, from ground truth."""
