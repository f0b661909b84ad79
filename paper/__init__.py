"""Every table of the VKDNW paper (CVPR 2025, arXiv 2502.04975), side by side with the published numbers."""

from proxyrank.paper.bench import Bench, digits_bench, nb201_bench
from proxyrank.paper.run import TABLES, reproduce, reproduce_all

__all__ = ["TABLES", "Bench", "digits_bench", "nb201_bench", "reproduce", "reproduce_all"]
