"""Rendering and building a large site in parts, by several processes of this machine or of a Ray cluster."""
