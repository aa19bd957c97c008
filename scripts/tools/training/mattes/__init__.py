"""Training and evaluation of the mini matting network."""
