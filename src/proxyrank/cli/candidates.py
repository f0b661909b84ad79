"""Architectures as ``--archs`` names them."""

from typing import TYPE_CHECKING

from proxyrank.cli import arguments, output
from proxyrank.spaces import SearchSpace

if TYPE_CHECKING:
    from proxyrank.spaces.candidates import Candidates


def read_candidates(space: SearchSpace, archs: str) -> "Candidates":
    """Read the file and print what happened on reading to the standard error.

    Raises
    ------
    ProxyrankError
        If it is missing or damaged, or at the first line that is no architecture of the space.
    """
    from proxyrank.spaces import candidates

    found = candidates.read_candidates(space, arguments.data_path(archs, "--archs"))
    for text in found.notes:
        output.note(text)
    return found
