"""Computed rows on disk, so that nothing is computed twice: a parquet file per space, family and settings."""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from proxyrank.common.digests import short_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import atomic_path
from proxyrank.common.shards import set_aside
from proxyrank.features.groups import Family
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import SearchSpace, identity

ENVIRONMENT = "PROXYRANK_CACHE"

_LOG = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Folder of the cache: the environment variable PROXYRANK_CACHE, else the user's cache folder."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("proxyrank", appauthor=False) / "features"


def cache_file(space: SearchSpace, group: str, family: Family, settings: FeatureSettings) -> Path:
    """File of a family's rows under the settings that it reads (`Family.resolve`)."""
    digest = short_digest(json.dumps(settings.stated(), sort_keys=True))
    name = group if family.name == group else f"{group}.{family.name}"
    where = identity(space) or space.name
    return cache_folder() / f"{where}-{name}-v{family.version}-{digest}.parquet"


def read_rows(file: Path, columns: Sequence[str]) -> Rows | None:
    """Rows in a cache file, of exactly these columns.

    None where it is absent or of other columns; the next `add_rows` replaces it then. A damaged one is
    renamed to ``NAME.damaged``, so that it is made again.
    """
    if not file.is_file():
        return None
    try:
        rows = Rows.read(file)
    except Exception as error:  # the readers' errors for damaged files have no common class
        with suppress(OSError):
            set_aside(file, error)
        return None
    if list(rows.values.columns) != list(columns):
        _LOG.warning("%s: ignored, it holds other columns", file)
        return None
    return rows


def add_rows(file: Path, rows: Rows) -> None:
    """Add rows to a cache file; they replace old ones of the same architecture.

    The file is replaced as a whole, under a lock, so that readers never see half of it and processes that
    write at once lose nothing. A cache that cannot be written costs time only: it is logged.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")), atomic_path(file) as temporary:
            old = read_rows(file, list(rows.values.columns))
            parts = [rows]
            if old is not None:
                parts.insert(0, old.archs(list(old.values.index.difference(rows.values.index))))
            merged = Rows.concat(parts)
            merged.archs(sorted(merged.values.index)).write(temporary)
    except (OSError, ProxyrankError) as error:
        _LOG.warning("the feature cache was not written: %s", error)
