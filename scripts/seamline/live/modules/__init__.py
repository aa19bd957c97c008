"""What becomes a graph, where that is more than one network of a pipeline as it is."""
