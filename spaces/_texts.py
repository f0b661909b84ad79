"""Texts of architectures as messages repeat them."""

MOST = 120
"""Characters of what was given that a message repeats."""


def shortened(text: str, limit: int = MOST) -> str:
    """A text on one line and, where it is longer than ``limit`` characters, its beginning."""
    line = " ".join(text[: 2 * limit].split())
    return line if len(text) <= limit else f"{line[: limit - 3]}..."
