"""How many denoising steps does an edit need, and with which scheduler? The same held-out edits at each setting."""
