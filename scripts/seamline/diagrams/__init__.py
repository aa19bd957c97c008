"""Workflows and models -> SVG diagrams."""
