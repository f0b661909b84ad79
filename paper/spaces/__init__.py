"""Rankings of search spaces that nobody tuned them for, beside simple and published predictors."""

from proxyrank.paper.spaces.lines import LINES, Line
from proxyrank.paper.spaces.table import reproduce_spaces

__all__ = ["LINES", "Line", "reproduce_spaces"]
