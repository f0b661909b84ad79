"""Allow ``python -m proxyrank.cli``."""

from proxyrank.cli import main

main()
