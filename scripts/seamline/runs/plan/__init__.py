"""Which runs are due, and why."""
