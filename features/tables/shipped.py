"""Feature tables that come with the package: network features that nobody needs to compute again.

A table is ``features/data/<anything>.parquet`` with its sidecar; what it holds is read off the sidecar. It
serves every column that it holds whose version and settings are those that are asked for, to all of its
architectures; several tables may hold columns of one group, made with different settings.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyarrow import parquet

from proxyrank.features.groups import Family, get_group
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.sidecar import FamilyInfo, Sidecar
from proxyrank.features.tables.sidecar_file import read_sidecar, sidecar_path
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import installed_space

FOLDER = Path(__file__).resolve().parents[1] / "data"

PREFERRED = ("batch_size", "seed")
"""Settings that `preferred_settings` takes from a shipped table unless told otherwise."""


@lru_cache(maxsize=1)
def shipped_tables() -> dict[Path, Sidecar]:
    """Tables of the package and what each holds, sorted by file name."""
    return {path: read_sidecar(sidecar_path(path)) for path in sorted(FOLDER.glob("*.parquet"))}


def shipped_blocks(
    space: str | None,
    columns: Sequence[str],
    family: Family,
    settings: FeatureSettings,
    *,
    shared: bool = False,
) -> Iterator[Rows]:
    """What is shipped of columns of a family under exactly these settings, table by table.

    Parameters
    ----------
    space
        Name of the search space; None for one of unknown origin, of which nothing is shipped.
    columns, family, settings
        The columns, whose they are, and the settings that the family reads.
    shared
        Whether equal networks have the values of one of them.
    """
    asked = FamilyInfo(columns=list(columns), version=family.version, settings=settings, shared=shared)
    for path, info in _families(space):
        held = [column for column in columns if column in info.columns]
        if held and asked.difference(info, family.settings) is None:
            yield _rows(path).columns(held)


def shipped_info(
    space: str | None, column: str, family: Family, given: FeatureSettings, wanted: Sequence[str]
) -> FamilyInfo | None:
    """How a column is shipped, where that agrees with the given settings; None if it is not.

    Of several tables that hold the column the one counts that agrees with most of the family's own defaults
    (noise as input, unless it has another),
    then the one that holds most of the wanted columns, then one whose values are not shared, then the one of
    most architectures.

    Parameters
    ----------
    space, column, family
        The column and its family.
    given
        Settings that the caller asks for; those given explicitly stand. The data set is never left open.
    wanted
        All columns that are wanted at once.
    """
    fixed = given.only({*given.model_fields_set, "dataset"} & set(family.settings))
    found: list[tuple[tuple[int, int, bool, int], FamilyInfo]] = []
    for path, info in _families(space):
        if column not in info.columns or info.version != family.version:
            continue
        if info.settings.only(fixed.model_fields_set) == fixed:
            held = {name for other, own in _families(space) if other == path for name in own.columns}
            usual = {"input": FeatureSettings().input, **family.defaults}
            agreed = sum(getattr(info.settings, name) == value for name, value in usual.items())
            made = info.model_copy(update={"settings": info.settings.only(family.settings)})
            found.append(((agreed, len(held.intersection(wanted)), not info.shared, _length(path)), made))
    return max(found, key=lambda item: item[0])[1] if found else None


def preferred_settings(
    space: str, groups: Sequence[str], given: FeatureSettings | Mapping[str, Any] | None = None
) -> FeatureSettings:
    """The given settings with those named in `PREFERRED` as most columns of the groups are shipped.

    Parameters
    ----------
    space, groups
        Of the features that are wanted.
    given
        Settings that the caller asks for; they stand. The data set is cifar10 where none is given.

    Raises
    ------
    ProxyrankError
        If a setting is unknown or out of range.
    """
    asked = FeatureSettings.of(given)
    if all(sidecar.space != space for sidecar in shipped_tables().values()):
        return asked
    where = installed_space(space)
    families = [family for name in groups for family in get_group(name).families(where)]
    return asked.changed(**{**usual_settings(space, families, asked).stated(), **asked.stated()})


def usual_settings(space: str | None, families: Sequence[Family], given: FeatureSettings) -> FeatureSettings:
    """Those named in `PREFERRED` as most columns of the families are shipped; none where nothing is.

    They are for the columns that no table holds, so that these are made like their fellows.
    """
    wanted = [column for family in families for column in family.columns]
    votes: dict[FeatureSettings, int] = {}
    for family in families:
        for column in family.columns:
            if found := shipped_info(space, column, family, given, wanted):
                choice = found.settings.only(PREFERRED)
                votes[choice] = votes.get(choice, 0) + 1
    return max(votes, key=lambda choice: votes[choice]) if votes else FeatureSettings()


def _families(space: str | None) -> Iterator[tuple[Path, FamilyInfo]]:
    for path, sidecar in shipped_tables().items():
        if sidecar.space == space:
            for info in sidecar.groups.values():
                yield from ((path, family) for family in info.families)


@lru_cache
def _length(path: Path) -> int:
    return int(parquet.read_metadata(path).num_rows)


@lru_cache(maxsize=8)
def _rows(path: Path) -> Rows:
    return FeatureTable.read(path).rows
