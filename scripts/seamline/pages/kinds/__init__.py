"""The pages, one module a kind: `pages(site, …)` gives each by its path."""
