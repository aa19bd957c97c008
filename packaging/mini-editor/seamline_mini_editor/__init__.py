"""Weights of the mini editor, in the folder `weights` beside this file; `seamline weights` reads them."""
