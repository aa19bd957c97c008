"""What the sources say about a question: retrieval, key concepts, coverage."""
