"""Which runs are due and why, engines that execute them, and their records."""
