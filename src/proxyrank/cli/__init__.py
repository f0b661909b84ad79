"""The command line: it parses, calls and prints; what it prints about is computed in the other packages."""

import sys

from proxyrank.common.errors import ProxyrankError


def main() -> None:
    """Run ``proxyrank``: exit code 0 for success, 2 for bad input (one line says what), 1 for a defect."""
    from proxyrank.cli.app import app

    try:
        app()
    except ProxyrankError as error:
        print(f"proxyrank: {error}", file=sys.stderr)
        sys.exit(2)
