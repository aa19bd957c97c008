"""Runs on disk: records, images, what was left behind."""
