"""Documents and YAML -> one frozen Catalog, or an error that names file, line and field."""

from seamline.catalog.closed_catalog import Catalog, WrittenQuestion
from seamline.catalog.io.loading import load
from seamline.catalog.sources import Source, sources_for

__all__ = ["Catalog", "Source", "WrittenQuestion", "load", "sources_for"]
