"""Evolution over any search space, by any ranking, under limits; a killed search goes on where it was."""

from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.run import run_search

__all__ = ["SearchPlan", "run_search"]
