"""One model, fine-tuned on two kinds of pairs: what do the pairs teach it?"""

from seamline.exhibits.two_upbringings.exhibit import TwoUpbringings

EXHIBIT = TwoUpbringings()
