"""A swap by the model, by two baselines, and as it should be."""

from seamline.exhibits.baseline_comparison.exhibit import BaselineComparison

EXHIBIT = BaselineComparison()
