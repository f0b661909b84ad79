"""TransNAS-Bench-101, micro space: the cell of NAS-Bench-201 with four operations on a strided skeleton."""

from proxyrank.spaces.tnb101.space import TNB101_MICRO

__all__ = ["TNB101_MICRO"]
