"""Seeds that depend on names only, so that a value never depends on order or on the number of workers."""

import hashlib

import numpy as np


def derive_seed(*parts: object) -> int:
    """63-bit seed of the given parts (their text), stable over processes, platforms and versions."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def derive_rng(*parts: object) -> np.random.Generator:
    """NumPy generator (PCG64) seeded by `derive_seed`."""
    return np.random.Generator(np.random.PCG64(derive_seed(*parts)))
