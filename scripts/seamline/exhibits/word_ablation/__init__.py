"""The same edit with one word of the instruction changed."""

from seamline.exhibits.word_ablation.exhibit import WordAblation

EXHIBIT = WordAblation()
