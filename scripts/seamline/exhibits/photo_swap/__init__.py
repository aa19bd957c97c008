"""The photo changed for another while the edit comes about: when does the model look at it?"""

from seamline.exhibits.photo_swap.exhibit import PhotoSwap

EXHIBIT = PhotoSwap()
