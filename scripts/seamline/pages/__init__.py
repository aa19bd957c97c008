"""(catalog, runs) -> {path: text}."""
