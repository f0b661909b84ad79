"""Whose labels the tables are made of: NAS-Bench-201's, or those of the shipped digits benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.evaluate import Labels, load_labels
from proxyrank.features import (
    GROUPS,
    FeatureSettings,
    Known,
    get_group,
    preferred_settings,
    shipped_rows,
    shipped_tables,
)
from proxyrank.features.tables.plan import Part, plan_parts
from proxyrank.spaces import DATASETS, SearchSpace, get_space, require
from proxyrank.train.digits import digits_table

NETWORK_GROUPS = tuple(name for name, group in GROUPS.items() if group.needs_network)
PAPER_BATCH = 64


@dataclass(frozen=True)
class Bench:
    """Labels and how to use them.

    Attributes
    ----------
    name
        ``nb201`` or ``digits``.
    space
        Search space.
    labels
        By data set.
    train_size, seeds
        Of the model-driven rows.
    ablation
        Data set of tables 8 to 10.
    cells
        Cells that tables 8 and 9 compute anew, a seeded subset; None takes all.
    threads
        Of the models.
    input
        What the networks read; None takes column by column what is shipped.
    """

    name: str
    space: SearchSpace
    labels: Mapping[str, Labels]
    train_size: int
    seeds: tuple[int, ...]
    ablation: str
    cells: int | None
    threads: int = 1
    input: str | None = None

    def covered(self, dataset: str, population: str, groups: Sequence[str] = ()) -> list[str]:
        """Labelled cells of a population whose network features are shipped, sorted.

        Of the named groups every column that any table holds has to be; of others what any cell has.
        """
        archs = self.labelled(dataset, population)
        found = self._shipped(dataset, archs).found
        own = {column for name in groups for column in get_group(name).columns(self.space)}
        infos = [info for table in shipped_tables().values() for info in table.groups.values()]
        needed = own.intersection(column for info in infos for column in info.columns)
        complete = len(found.columns) and needed <= set(found.columns)
        return list(found.index[found.all(axis=1)]) if complete else []

    def labelled(self, dataset: str, population: str) -> list[str]:
        """Labelled cells of a population, sorted."""
        known = set(self.labels[dataset].values.index)
        return [
            arch
            for arch in require(self.space, "archs", "a table of the paper").archs(population)
            if arch in known
        ]

    def settings(self, dataset: str) -> FeatureSettings:
        """Settings of most of the shipped network features."""
        return preferred_settings(self.space.name, NETWORK_GROUPS, self._given(dataset=dataset))

    def features(self, dataset: str, archs: list[str]) -> pd.DataFrame:
        """Network features of covered cells: with the paper's batch where they are shipped so."""
        usual = self._shipped(dataset, archs).rows.values
        return self._large(dataset, archs).combine_first(usual)[usual.columns]

    def making(self, dataset: str, archs: list[str]) -> dict[str, FeatureSettings]:
        """How each column of `features` was made."""
        large = set(self._large(dataset, archs).columns)
        usual, others = (
            {column: part.settings for part in self._parts(dataset, **own) for column in part.columns}
            for own in ({}, {"batch_size": PAPER_BATCH})
        )
        held = self._shipped(dataset, archs).rows.values.columns
        return {column: (others if column in large else usual)[column] for column in map(str, held)}

    def makings(self, dataset: str, archs: list[str]) -> str:
        """Input and batch sizes of `features`, for a note."""
        ways: dict[str, list[str]] = {}
        for column, own in self.making(dataset, archs).items():
            ways.setdefault(f"{own.input}, batch {own.batch_size}", []).append(column)
        first, *rest = sorted(ways, key=lambda way: -len(ways[way]))
        return "; ".join((first, *(f"{way}: {', '.join(ways[way])}" for way in rest)))

    def choices(self, dataset: str, archs: list[str], groups: Sequence[str]) -> dict[str, Any]:
        """Settings of a ranker of covered cells: the paper's batch where all its network features are so."""
        networks = [get_group(name) for name in groups if get_group(name).needs_network]
        own = {column for group in networks for column in group.columns(self.space)}
        large = own and own <= set(self._large(dataset, archs).columns)
        return self._given() | ({"batch_size": PAPER_BATCH} if large else {})

    def _large(self, dataset: str, archs: list[str]) -> pd.DataFrame:
        """Columns that are shipped with the paper's batch for all of the cells."""
        known = self._shipped(dataset, archs, batch_size=PAPER_BATCH)
        return known.rows.values.loc[:, known.found.all()]

    def _shipped(self, dataset: str, archs: list[str], **settings: int) -> Known:
        """What is shipped of the network features, for some cells."""
        given = self._given(dataset=dataset) | settings
        return shipped_rows(self.space, archs, NETWORK_GROUPS, settings=given, prefer_shipped=True)

    def _parts(self, dataset: str, **settings: int) -> list[Part]:
        given = self._given(dataset=dataset) | settings
        return plan_parts(self.space, NETWORK_GROUPS, given, prefer_shipped=True)

    def _given(self, **others: Any) -> dict[str, Any]:
        return others | ({"input": self.input} if self.input else {})

    def fingerprint(self) -> dict[str, dict[str, str]]:
        """Digests of the labels by data set (values and architectures), and of the shipped tables by name."""
        labels = {name: short_digest(own.values.to_csv(header=False)) for name, own in self.labels.items()}
        files = [path for path, sidecar in shipped_tables().items() if sidecar.space == self.space.name]
        features = {path.name: short_digest(path.read_bytes()) for path in files}
        return {"labels": labels, "features": features}

    def accuracies(self, dataset: str, archs: list[str]) -> "pd.Series[float]":
        """Labels of cells."""
        return self.labels[dataset].values.loc[archs]


def nb201_bench(
    path: str,
    *,
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5),
    cells: int | None = 200,
    threads: int = 1,
    images: str | None = None,
) -> Bench:
    """NAS-Bench-201 with the accuracies in a table: columns ``arch`` and one a data set.

    Raises
    ------
    ProxyrankError
        If the file or its columns will not do.
    """
    space = get_space("nb201")
    names = [name for name in DATASETS if name != "digits"]
    labels = {name: load_labels(path, space=space, label=name) for name in names}
    return Bench("nb201", space, labels, 1024, seeds, "ImageNet16-120", cells, threads, images)


def digits_bench(
    *,
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5),
    cells: int | None = 100,
    threads: int = 1,
    images: str | None = None,
) -> Bench:
    """The shipped benchmark, for people who do not have the other one."""
    space = get_space("nb201")
    labels = {"digits": load_labels(digits_table(), space=space, label="digits")}
    return Bench("digits", space, labels, 256, seeds, "digits", cells, threads, images)
