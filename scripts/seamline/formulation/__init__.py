"""Systematic prompt formulation: from traits that a file declares to prompts, and to sample recipes.

In the role that SDFD (arXiv 2404.17255, abstract) describes: not a handful of prompts, but a grid over demographics,
biometrics and non-permanent traits, of which each combination can be reached. The code is ours throughout.
"""
