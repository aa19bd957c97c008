"""Where each word of the instruction was read: cross-attention maps over the edited image."""

from seamline.exhibits.attention.exhibit import Attention

EXHIBIT = Attention()
