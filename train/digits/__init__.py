"""The shipped benchmarks: networks trained on scikit-learn's digits, made hard by noise."""

from pathlib import Path

from proxyrank.train.digits.benchmarks import BENCHMARKS


def digits_table() -> Path:
    """Path of the shipped table of cells (``arch``, ``digits``, ``digits_seed0``, ``digits_seed1``).

    Examples
    --------
    >>> from proxyrank import digits_table
    >>> digits_table().name
    'digits.parquet'
    """
    return BENCHMARKS["digits"].table
