from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from proxyrank.train.compare import MEASURES


@pytest.fixture
def rows_of() -> Callable[[dict[tuple[str, int], Any]], pd.DataFrame]:
    """Rows of a comparison: (ranking, size) -> the same value of every measure, one a seed."""

    def make(values: dict[tuple[str, int], Any]) -> pd.DataFrame:
        rows = [
            {"ranking": name, "size": size, "seed": seed, **dict.fromkeys(MEASURES, value)}
            for (name, size), own in values.items()
            for seed, value in enumerate(own)
        ]
        return pd.DataFrame(rows).astype(dict.fromkeys(MEASURES, object))

    return make
