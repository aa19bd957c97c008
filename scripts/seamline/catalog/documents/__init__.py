"""Question documents -> what they say, merged into the catalog."""
