"""Scores of different models on one scale: the share of a fixed set of architectures that they beat."""

from dataclasses import dataclass

import numpy as np

from proxyrank.models.parts.targets import FloatArray

KNOTS = 2000


@dataclass(frozen=True)
class RankMap:
    """An increasing map from a model's score to its normalised rank in a reference set.

    Attributes
    ----------
    scores, ranks
        Knots; linear between them and, so that no order is lost, beyond the ends.
    """

    scores: FloatArray
    ranks: FloatArray

    def __call__(self, score: FloatArray) -> FloatArray:
        """Normalised rank [n] of scores [n], about 0 to 1; each depends on its own score only."""
        inside = np.interp(score, self.scores, self.ranks)
        width = max(float(self.scores[-1] - self.scores[0]), np.finfo(float).tiny)
        slope = (self.ranks[-1] - self.ranks[0] or 1.0) / len(self.ranks) / width
        below = np.minimum(score - self.scores[0], 0.0)
        above = np.maximum(score - self.scores[-1], 0.0)
        ranks: FloatArray = inside + slope * (below + above)
        return ranks


def fit_rank_map(reference: FloatArray) -> RankMap:
    """Map of the scores [m] of a reference set: tied scores share their mean rank."""
    values, counts = np.unique(reference, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2.0) / len(reference)
    if len(values) > KNOTS:
        chosen = np.unique(np.linspace(0, len(values) - 1, KNOTS).round().astype(int))
        values, ranks = values[chosen], ranks[chosen]
    return RankMap(values, ranks)
