"""NAS-Bench-101: cells of up to five operations on the inner vertices of a graph."""

from proxyrank.spaces.nb101.space import NB101

__all__ = ["NB101"]
