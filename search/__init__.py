"""Which architectures to train next, and what that is worth: designs, suggestions, simulations."""

from proxyrank.search.candidates import Candidates, make_candidates
from proxyrank.search.design import choose_by_variance
from proxyrank.search.strategies import STRATEGIES, propose

__all__ = ["STRATEGIES", "Candidates", "choose_by_variance", "make_candidates", "propose"]
