"""Small fine-tunes of the mini editor, kept as low-rank adapters (LoRA; Hu et al., arXiv 2106.09685) beside it.

Two of them ask what the pairs do that an editor learns from: both start from the same weights and train equally long,
one on pairs that agree in light and expression, one on pairs that do not.
"""
