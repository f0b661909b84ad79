"""Put feature tables side by side; values of different settings do not get mixed unnoticed."""

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from proxyrank.common.errors import TableError
from proxyrank.features.rows import Rows, arch_index
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.sidecar import GroupInfo, Sidecar
from proxyrank.features.tables.table import FeatureTable

_SHOWN = 5
"""Columns that a line names."""


def join_tables(tables: Sequence[FeatureTable], *, force: bool = False) -> FeatureTable:
    """One table with the columns of all, joined by architecture.

    Parameters
    ----------
    tables
        At least one. An architecture that a table does not have gets missing values in its columns; rows keep
        the order of first appearance.
    force
        Join although a setting that two groups share (batch size, data set, seed ...) differs; the
        differences are recorded in the sidecar.

    Raises
    ------
    TableError
        If the spaces differ, a column occurs twice, or a shared setting differs and ``force`` is not set.
    """
    if not tables:
        raise TableError("no feature tables to join")
    spaces = list(dict.fromkeys(table.sidecar.space for table in tables))
    if len(spaces) > 1:
        raise TableError(f"feature tables of different search spaces cannot be joined: {', '.join(spaces)}")
    groups: dict[str, GroupInfo] = {}
    owner: dict[str, str] = {}
    for table in tables:
        for name, info in table.sidecar.groups.items():
            for column in info.columns:
                if column in owner:
                    raise TableError(f"column {column!r} occurs twice: in groups {owner[column]} and {name}")
                owner[column] = name
            groups[_free_name(name, groups)] = info
    differences = _differences(tables)
    if differences and not force:
        raise TableError(f"{differences[0]}; values of different settings do not mix (force joins them)")
    archs = dict.fromkeys(arch for table in tables for arch in table.frame.index)
    blank = Rows(pd.DataFrame(index=arch_index(archs)))
    rows = Rows.join([blank, *(table.rows for table in tables)])
    forced = dict.fromkeys([line for table in tables for line in table.sidecar.forced] + differences)
    code = next((table.sidecar.code for table in tables if table.sidecar.code), None)
    sidecar = Sidecar(space=spaces[0], code=code, groups=groups, status=rows.reasons, forced=list(forced))
    return FeatureTable(rows.values, sidecar)


def overlaid(tables: Sequence[FeatureTable]) -> FeatureTable:
    """One table of several: a column that two hold is the later one's, settings may differ.

    Parameters
    ----------
    tables
        At least one, of one space.

    Raises
    ------
    TableError
        If the spaces differ.
    """
    if len(tables) == 1:
        return tables[0]
    kept: list[FeatureTable] = []
    taken: set[str] = set()
    for table in reversed(tables):
        kept.insert(0, _without(table, taken))
        taken.update(table.columns)
    return join_tables(kept, force=True)


def hidden_columns(names: Sequence[str], tables: Sequence[FeatureTable]) -> list[str]:
    """A line for each table, by name, that has columns which `overlaid` takes from a later one."""
    lines = []
    for i, (name, table) in enumerate(zip(names, tables, strict=True)):
        later = {column for other in tables[i + 1 :] for column in other.columns}
        if hidden := [column for column in table.columns if column in later]:
            more = f" and {len(hidden) - _SHOWN} more" if len(hidden) > _SHOWN else ""
            lines.append(f"{name}: {', '.join(hidden[:_SHOWN])}{more} taken from a later table instead")
    return lines


def _without(table: FeatureTable, columns: Collection[str]) -> FeatureTable:
    groups = {}
    for name, info in table.sidecar.groups.items():
        families = [
            family.model_copy(update={"columns": own})
            for family in info.families
            if (own := [column for column in family.columns if column not in columns])
        ]
        if families:
            groups[name] = info.model_copy(update={"families": families})
    frame = table.frame.drop(columns=table.frame.columns.intersection(list(columns)))
    status = {column: own for column, own in table.sidecar.status.items() if column in frame}
    return FeatureTable(frame, table.sidecar.model_copy(update={"groups": groups, "status": status}))


def _free_name(name: str, taken: dict[str, GroupInfo]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _differences(tables: Sequence[FeatureTable]) -> list[str]:
    """Settings of which two tables state nothing alike; columns of one table may differ by design."""
    first: dict[str, tuple[str, list[Any]]] = {}
    lines = []
    for table in tables:
        for setting in FeatureSettings.model_fields:
            stated = [
                (name, getattr(family.settings, setting))
                for name, info in table.sidecar.groups.items()
                for family in info.families
                if setting in family.settings.model_fields_set
            ]
            if not stated:
                continue
            group, value = stated[0]
            other, expected = first.setdefault(setting, (group, [value for _, value in stated]))
            if not any(value in expected for _, value in stated):
                lines.append(
                    f"setting {setting!r} differs: {expected[0]!r} (group {other}), {value!r} (group {group})"
                )
    return lines
