"""Documents and YAML -> one frozen Catalog, or an error that names file, line and field."""
