"""Searches judged by regret, on benchmarks whose labels are all known."""

from proxyrank.paper.regret.lines import LINES, Line
from proxyrank.paper.regret.table import by_line, reproduce_search

__all__ = ["LINES", "Line", "by_line", "reproduce_search"]
