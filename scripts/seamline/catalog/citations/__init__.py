"""Citations in Markdown: their grammar, and what is wrong with those of a text."""
