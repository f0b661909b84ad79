"""NAS-Bench-201, the topology space of NATS-Bench: 15,625 cells of six edges."""

from proxyrank.spaces.nb201.skeleton import Skeleton
from proxyrank.spaces.nb201.space import NB201

__all__ = ["NB201", "Skeleton"]
