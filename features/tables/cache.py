"""Computed rows on disk, so that nothing is computed twice: one parquet file a space, group and settings."""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import atomic_path
from proxyrank.common.tabular import json_safe
from proxyrank.features.groups import FeatureGroup

if sys.platform != "win32":
    import fcntl

ENVIRONMENT = "PROXYRANK_CACHE"
STATUS = "__status__"
"""Column of the rows that holds, as JSON, why values are missing (column -> reason); blank where none is."""

_LOG = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Folder of the cache: the environment variable PROXYRANK_CACHE, else the user's cache folder."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("proxyrank", appauthor=False) / "features"


def cache_file(space: str, group: FeatureGroup, settings: Mapping[str, Any]) -> Path:
    """File of a group's rows under given settings (all of the group's settings, defaults included)."""
    text = json.dumps(json_safe(dict(settings)), sort_keys=True)
    digest = short_digest(text)
    return cache_folder() / f"{space}-{group.name}-v{group.version}-{digest}.parquet"


def read_rows(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Rows in a cache file: float64 ``columns`` and `STATUS`, indexed by ``arch``.

    A file that is absent, damaged or of other columns reads as empty, and the next `add_rows` replaces it.
    """
    if file.is_file():
        try:
            rows = pd.read_parquet(file).set_index("arch")
        except Exception as error:  # the readers' errors for damaged files have no common class
            _LOG.warning("%s: ignored, it cannot be read (%s)", file, str(error).splitlines()[:1])
        else:
            floats = all(dtype == np.float64 for dtype in rows.dtypes.iloc[:-1])
            if list(rows.columns) == [*columns, STATUS] and floats and rows.index.is_unique:
                return rows
            _LOG.warning("%s: ignored, it holds other columns", file)
    return empty_rows(columns)


def empty_rows(columns: Sequence[str]) -> pd.DataFrame:
    """No rows, of the columns and types that `read_rows` gives."""
    index = pd.Index([], name="arch", dtype="str")
    return pd.DataFrame(
        {
            name: pd.Series([], dtype="str" if name == STATUS else float, index=index)
            for name in [*columns, STATUS]
        }
    )


def add_rows(file: Path, rows: pd.DataFrame) -> None:
    """Add rows (as `read_rows` gives them) to a cache file; they replace old ones of the same architecture.

    The file is replaced as a whole, under a lock where the system has them, so that readers never see half of
    it and processes that write at once lose nothing. A cache that cannot be written costs time only: it is
    logged.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file), atomic_path(file) as temporary:
            old = read_rows(file, list(rows.columns[:-1]))
            kept = old[~old.index.isin(rows.index)]
            merged = pd.concat([kept, rows]) if len(kept) else rows
            merged.sort_index().reset_index().to_parquet(temporary, index=False)
    except (OSError, ProxyrankError) as error:
        _LOG.warning("the feature cache was not written: %s", error)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    with file.with_suffix(".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
