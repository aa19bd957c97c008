"""Files and entries: loading the catalog, writing entries, and JSON Schemas for editors."""
