"""What finds the length scales of a Gaussian process: the same objective, steps and start."""

from collections.abc import Callable, Mapping

from proxyrank.models.parts.evidence import climb_evidence
from proxyrank.models.parts.kernel import Hyperparameters, fit_hyperparameters

ENGINES: Mapping[str, Callable[..., Hyperparameters]] = {
    "gpytorch": fit_hyperparameters,
    "numpy": climb_evidence,
}
"""Functions of rows, target, penalty, steps, rate, lengths and most. Recorded figures are GPyTorch's."""
