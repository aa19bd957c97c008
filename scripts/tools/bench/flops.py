"""How much arithmetic an edit needs, and how much a core can do: a bound for each program of that arithmetic."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import fmean

_MATRIX = 512
_CONVOLUTION = (8, 96, 16, 24)
_SECONDS = 2.0


def operations(work: Callable[[], object]) -> int:
    """Additions and multiplications in the matrix products and convolutions of `work`, on one thread.

    Attention is counted as the two products that it is. What `work` does in other threads is not counted, so
    torch has one thread meanwhile.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            work()
    finally:
        torch.set_num_threads(threads)
    return int(counter.get_total_flops())


def peak() -> float:
    """The peak float32 operations a second of a core, while torch's other threads keep the other cores equally busy.

    The better of a product of 512 x 512 matrices and a 3 x 3 convolution of 96 channels, both of
    which fit a core's caches; the best of many within two seconds, averaged over the cores.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads, "core") as pool:
            return fmean(pool.map(lambda _: _peak_of_a_core(), range(threads)))
    finally:
        torch.set_num_threads(threads)


def _peak_of_a_core() -> float:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)
    one, other = torch.randn(2, _MATRIX, _MATRIX)
    rows, channels, height, width = _CONVOLUTION
    picture, weight = torch.randn(_CONVOLUTION), torch.randn(channels, channels, 3, 3)
    contestants: tuple[tuple[int, Callable[[], object]], ...] = (
        (2 * _MATRIX**3, lambda: torch.mm(one, other)),
        (2 * 9 * channels**2 * rows * height * width, lambda: F.conv2d(picture, weight, padding=1)),
    )
    best = 0.0
    until = time.perf_counter() + _SECONDS
    with torch.inference_mode():
        while time.perf_counter() < until:
            for amount, work in contestants:
                start = time.perf_counter()
                work()
                best = max(best, amount / (time.perf_counter() - start))
    return best
