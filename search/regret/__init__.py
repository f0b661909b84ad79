"""Searches judged where every label is known: regret against the number of trained networks."""

from proxyrank.search.regret.bench import Bench
from proxyrank.search.regret.methods import METHODS

__all__ = ["METHODS", "Bench"]
