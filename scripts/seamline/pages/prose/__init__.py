"""Hand-written prose: its macros and citations expanded, its links followed, its HTML held in."""
