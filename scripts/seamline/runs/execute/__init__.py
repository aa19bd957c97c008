"""Run what is due, and keep what came out."""
