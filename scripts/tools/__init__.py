"""What maintainers need and curators do not: training, benchmarks, the web audit."""
