"""Reports: what a folder of proxyrank holds, as one page that needs no network."""

from proxyrank.report.write import KINDS, write_report

__all__ = ["KINDS", "write_report"]
