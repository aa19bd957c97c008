"""Measured figures -> tables of pages."""
