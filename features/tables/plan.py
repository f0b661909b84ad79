"""What is wanted: columns of families with their settings, as asked for or as a card states them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.groups import GROUPS, Family, FeatureGroup, get_group, parse_groups
from proxyrank.features.network.batches import with_digest
from proxyrank.features.network.score_rows import SPREAD
from proxyrank.features.rows import Rows, ordered
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.shipped import shipped_info, usual_settings
from proxyrank.features.tables.sidecar import FamilyInfo, GroupInfo, Sidecar
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import SearchSpace, identity, stated_code

Making = tuple[FeatureSettings, bool]
"""Settings of a column, and whether equal networks share its values."""


@dataclass(frozen=True)
class Part:
    """Columns of one family that are wanted.

    Attributes
    ----------
    group, family
        Where they belong.
    columns
        The wanted ones of the family, in its order.
    settings
        Those that the family reads, as they are wanted.
    shared
        Whether equal networks have the values of one of them (`plan_sharing`).
    """

    group: FeatureGroup
    family: Family
    columns: tuple[str, ...]
    settings: FeatureSettings
    shared: bool = False

    def info(self) -> FamilyInfo:
        """What the sidecar says of the columns."""
        family = self.family
        return FamilyInfo(
            columns=list(self.columns),
            version=family.version,
            settings=self.settings,
            facts=dict(family.facts),
            shared=self.shared,
        )


def plan_parts(
    space: SearchSpace,
    groups: str | Sequence[str],
    settings: FeatureSettings | Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    *,
    prefer_shipped: bool = False,
    share: bool = False,
) -> list[Part]:
    """The columns of groups under given settings.

    Parameters
    ----------
    space
        Search space.
    groups
        As `parse_groups` takes them.
    settings
        As `FeatureSettings.of` takes them.
    columns
        Only these columns of the groups; None takes all.
    prefer_shipped
        Where a setting was not given take that of a shipped table that holds the column; of a column that
        none holds batch size and seed are those of its fellows.
    share
        Whether equal networks have the values of one of them; what is shipped may say otherwise.

    Raises
    ------
    ProxyrankError
        If a group, a setting or a column is unknown, none of the columns belongs to one of the groups, or a
        group needs what the space lacks.
    """
    given = FeatureSettings.of(settings)
    chosen = [get_group(name) for name in parse_groups(groups)]
    for group in chosen:
        group.require(space)
    every = [column for group in chosen for column in group.columns(space)]
    wanted = every if columns is None else _checked(space, chosen, every, columns)

    where = identity(space)
    families = [family for group in chosen for family in group.families(space)]
    usual = usual_settings(where, families, given) if prefer_shipped else FeatureSettings()

    stamped = cache(with_digest)  # images are read once per plan, not once per column

    def how(family: Family, column: str) -> Making:
        found = shipped_info(where, column, family, given, every) if prefer_shipped else None
        if found:
            return found.settings, found.shared
        own = family.resolve(given, usual)
        return (stamped(own).only(family.settings) if "input" in family.settings else own), share

    return _parts(space, chosen, wanted, how)


def stated_parts(space: SearchSpace, groups: Mapping[str, GroupInfo], columns: Sequence[str]) -> list[Part]:
    """Columns of registered groups as a sidecar or a ranker's card states that they were made."""
    chosen = [get_group(name) for name in groups]
    stated = {
        column: family for info in groups.values() for family in info.families for column in family.columns
    }

    def how(family: Family, column: str) -> Making:
        return stated[column].settings.only(family.settings), stated[column].shared

    return _parts(space, chosen, columns, how)


def _parts(
    space: SearchSpace,
    groups: Sequence[FeatureGroup],
    columns: Sequence[str],
    how: Callable[[Family, str], Making],
) -> list[Part]:
    wanted = set(columns)
    parts = []
    for group in groups:
        for family in group.families(space):
            alike: dict[Making, list[str]] = {}
            for column in family.columns:
                if column in wanted:
                    alike.setdefault(how(family, column), []).append(column)
            parts += [Part(group, family, tuple(names), *making) for making, names in alike.items()]
    return parts


def _checked(
    space: SearchSpace, groups: Sequence[FeatureGroup], known: Sequence[str], columns: Sequence[str]
) -> list[str]:
    names = ", ".join(group.name for group in groups)
    if odd := next((column for column in columns if column not in set(known)), None):
        raise ProxyrankError(f"unknown column {odd!r}: the groups {names} have no such one")
    for group in groups:
        if not set(group.columns(space)) & set(columns):
            raise ProxyrankError(
                f"none of the columns asked for belongs to the group {group.name}; leave it out"
            )
    return list(columns)


def group_infos(parts: Sequence[Part]) -> dict[str, GroupInfo]:
    """What a sidecar says of the parts: by group, columns together that were made alike."""
    groups: dict[str, GroupInfo] = {}
    for part in parts:
        own, info = groups.setdefault(part.group.name, GroupInfo(families=[])), part.info()
        for other in own.families:
            stated = other.settings.model_fields_set == info.settings.model_fields_set
            if stated and other.facts == info.facts and not other.difference(info):
                other.columns += info.columns
                break
        else:
            own.families.append(info)
    return groups


def scored_table(
    space: str,
    rows: Rows,
    settings: FeatureSettings,
    *,
    threads: int,
    code: Mapping[str, str] | None = None,
) -> FeatureTable:
    """A table of scores (`score_archs`), spreads over repeats included, of what is called ``space``.

    The number of threads, by which the last digits of scores differ, is a fact beside the settings; ``code``
    is what `stated_code` says of the space.
    """
    settings, counted = with_digest(settings), {"threads": str(threads)}
    groups: dict[str, GroupInfo] = {}
    for group in GROUPS.values():
        parts = []
        for family in group.members:
            own = tuple(c for c in rows.values.columns if c.removesuffix(SPREAD) in family.columns)
            if own:
                stated = replace(family, facts={**family.facts, **counted})
                parts.append(Part(group, stated, own, family.resolve(settings)))
        groups |= group_infos(parts)
    status = ordered(rows.reasons, rows.values)
    file = dict(code) if code else None
    return FeatureTable(rows.values, Sidecar(space=space, code=file, groups=groups, status=status))


def column_order(space: SearchSpace, parts: Sequence[Part]) -> list[str]:
    """Columns of the parts, in the order of their groups."""
    wanted = {column for part in parts for column in part.columns}
    groups = {part.group.name: part.group for part in parts}
    return [column for group in groups.values() for column in group.columns(space) if column in wanted]


def table_of(space: SearchSpace, parts: Sequence[Part], rows: Rows) -> FeatureTable:
    """A table of computed parts, its columns in the order of their groups."""
    values = rows.values[column_order(space, parts)]
    status = ordered(rows.reasons, values)
    sidecar = Sidecar(space=space.name, code=stated_code(space), groups=group_infos(parts), status=status)
    return FeatureTable(values, sidecar)
