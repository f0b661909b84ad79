"""DARTS: genotypes of a normal and a reduction cell."""

from proxyrank.spaces.darts.space import DARTS

__all__ = ["DARTS"]
