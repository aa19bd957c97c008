"""Whom does the mini editor serve worse? Edits over a grid of traits, beside the same edits with demographics alone.

In the role that SDFD's abstract (arXiv 2404.17255) gives an evaluation set, with drawn people and no photographs.
"""
