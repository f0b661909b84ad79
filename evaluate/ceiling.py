"""How noisy labels are, and how well a perfect predictor could therefore score.

The same network trained twice gives two accuracies. The spread of such repeats, or of networks that are equal
up to names, is the noise of a label; a ranking by the true values would still miss by as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, Direction
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate.gains import label_gains
from proxyrank.evaluate.metrics import kendall_tau, ndcg, spearman

BINS = 10
DRAWS = 20
"""Simulations of the ceiling."""
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LabelNoise:
    """Standard deviation of a label's noise as a function of the label.

    Attributes
    ----------
    levels, spreads
        Increasing labels and the standard deviation at each; linear between them, constant outside.
    n
        Degrees of freedom behind the estimate.
    """

    levels: tuple[float, ...]
    spreads: tuple[float, ...]
    n: int

    def at(self, labels: FloatArray) -> FloatArray:
        """Standard deviation [n] at labels [n]."""
        return np.interp(labels, self.levels, self.spreads)

    @property
    def overall(self) -> float:
        """Root mean square over the levels."""
        return float(np.sqrt(np.mean(np.square(self.spreads))))


def noise_of_repeats(repeats: pd.DataFrame) -> LabelNoise:
    """Noise of the mean of several independent trainings.

    Parameters
    ----------
    repeats
        One row an architecture, one column a training; at least two columns.

    Raises
    ------
    ProxyrankError
        If there are fewer than two columns or rows.
    """
    values = repeats.to_numpy(dtype=np.float64)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ProxyrankError(f"noise needs at least 2 trainings of 2 architectures, got {values.shape}")
    count = values.shape[1]
    variances: FloatArray = values.var(axis=1, ddof=1) / count
    return _binned(values.mean(axis=1), variances, np.full(len(values), count - 1.0))


def noise_of_equals(labels: pd.Series, keys: Sequence[str]) -> LabelNoise:
    """Noise of a label, read off architectures that are the same network.

    Parameters
    ----------
    labels
        One an architecture.
    keys
        Key of each (`SearchSpace.function_key`): equal for equal networks.

    Raises
    ------
    ProxyrankError
        If no two architectures are equal.
    """
    groups = pd.Series(labels.to_numpy(dtype=np.float64)).groupby(list(keys))
    found = pd.DataFrame({"size": groups.size(), "mean": groups.mean(), "var": groups.var(ddof=1)})
    found = found[found["size"] >= 2].astype(np.float64)
    if found.empty:
        raise ProxyrankError("noise needs at least 2 equal networks, there are none")
    means, variances, sizes = (found[name].to_numpy(np.float64) for name in ("mean", "var", "size"))
    return _binned(means, variances, sizes - 1.0)


def _binned(levels: FloatArray, variances: FloatArray, freedom: FloatArray) -> LabelNoise:
    """Pool variances in bins of about equal counts along the level."""
    order = np.argsort(levels, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    centres = [float(levels[part].mean()) for part in bins]
    pooled = [float(np.sqrt(np.average(variances[part], weights=freedom[part]))) for part in bins]
    return LabelNoise(tuple(centres), tuple(pooled), int(freedom.sum()))


def ceiling(labels: pd.Series, noise: LabelNoise, *, direction: Direction = "max") -> dict[str, float | None]:
    """Metrics of a ranking by the true values, simulated.

    The observed labels are spread wider than the true ones by their noise; shrunk towards their mean until
    the variances fit, they stand in for the truth, fresh noise is added, and the metrics are averaged.

    Parameters
    ----------
    labels
        Observed labels.
    noise
        Of such a label.
    direction
        As in `evaluate_scores`.

    Returns
    -------
    dict
        ``KT, SPR, nDCG``, None where undefined.
    """
    observed = labels.to_numpy(dtype=np.float64)
    spread = noise.at(observed)
    kept = max(0.0, 1.0 - float(np.mean(spread**2)) / float(observed.var() or 1.0))
    truth = observed.mean() + np.sqrt(kept) * (observed - observed.mean())
    sign = SIGNS[direction]
    rng = derive_rng("ceiling", len(observed))
    found: dict[str, list[float]] = {"KT": [], "SPR": [], "nDCG": []}
    for _ in range(DRAWS):
        drawn = truth + spread * rng.standard_normal(len(truth))
        gains, _rule = label_gains(drawn, direction)
        metrics = (
            kendall_tau(sign * truth, sign * drawn),
            spearman(sign * truth, sign * drawn),
            ndcg(sign * truth, gains),
        )
        for name, metric in zip(found, metrics, strict=True):
            if metric.value is not None:
                found[name].append(metric.value)
    return {name: float(np.mean(values)) if values else None for name, values in found.items()}
