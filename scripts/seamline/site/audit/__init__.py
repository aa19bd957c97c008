"""What a reader must not meet on a built page."""
