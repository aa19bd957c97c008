"""Block names: port types, the one grammar of names, and the task that a signature stands for.

The lowest room of the house: the catalog validates with it, and whatever it accepts the workflow can read.
"""
