"""The reader: a small language model that tells which sentences of the given summaries answer a question."""
