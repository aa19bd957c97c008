"""Measured figures -> SVG charts."""
