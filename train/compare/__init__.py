"""Rankings compared: several numbers of labels, several splits, the sizes of networks beside them."""

from proxyrank.train.compare.api import compare
from proxyrank.train.compare.enough import enough_labels
from proxyrank.train.compare.folder import Comparison, make_comparison, read_comparison, write_comparison
from proxyrank.train.compare.plan import ENOUGH, MEASURES, ComparePlan, Learnt, learnt_rankings
from proxyrank.train.compare.plots import plot_comparison
from proxyrank.train.compare.run import run_comparison
from proxyrank.train.compare.table import summarise

__all__ = [
    "ENOUGH",
    "MEASURES",
    "ComparePlan",
    "Comparison",
    "Learnt",
    "compare",
    "enough_labels",
    "learnt_rankings",
    "make_comparison",
    "plot_comparison",
    "read_comparison",
    "run_comparison",
    "summarise",
    "write_comparison",
]
