"""Block names -> typed graph -> diagram (SVG), JSON, Mermaid text."""
