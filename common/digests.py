"""Digests (SHA-256, in hexadecimal) that tell data apart or prove it undamaged."""

import hashlib
from collections.abc import Iterable

SHORT = 16
"""Digits of a digest that only tells apart."""


def digest(data: bytes | str) -> str:
    """SHA-256 of bytes, or of a text in UTF-8; 64 digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def short_digest(data: bytes | str) -> str:
    """The first `SHORT` digits of `digest`, for names of files and for comparisons."""
    return digest(data)[:SHORT]


def parts_digest(*parts: bytes | str) -> str:
    """Short digest of several parts; where one ends and the next begins counts."""
    state = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        state.update(len(raw).to_bytes(8, "little") + raw)
    return state.hexdigest()[:SHORT]


def archs_digest(archs: Iterable[str]) -> str:
    """SHA-256 of architectures in their order, one per line: that of the file which lists them."""
    return digest(archs_lines(archs))


def archs_lines(archs: Iterable[str]) -> bytes:
    """Architectures as a file lists them: UTF-8, one per line."""
    return "".join(f"{arch}\n" for arch in archs).encode()
