"""The shipped benchmark: NAS-Bench-201 cells trained on scikit-learn's digits, made hard by noise."""

from pathlib import Path


def digits_table() -> Path:
    """Path of the shipped table (columns ``arch``, ``digits``, ``digits_seed0``, ``digits_seed1``).

    Examples
    --------
    >>> from proxyrank import digits_table
    >>> digits_table().name
    'digits.parquet'
    """
    return Path(__file__).resolve().parent.parent / "data" / "digits.parquet"
