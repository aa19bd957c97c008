"""Weights of the reader, in the folder `weights` beside this file; `seamline weights` reads them."""
