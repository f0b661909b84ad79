"""Whose labels the tables are made of: NAS-Bench-201's, or those of the shipped digits benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.evaluate import Labels, load_labels
from proxyrank.features import (
    GROUPS,
    FeatureSettings,
    Known,
    preferred_settings,
    shipped_rows,
    shipped_tables,
)
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
    """

    name: str
    space: SearchSpace
    labels: Mapping[str, Labels]
    train_size: int
    seeds: tuple[int, ...]
    ablation: str
    cells: int | None
    threads: int = 1

    def covered(self, dataset: str, population: str) -> list[str]:
        """Labelled cells of a population whose network features are shipped, sorted."""
        archs = self.labelled(dataset, population)
        found = self._shipped(dataset, archs, self.settings(dataset)).found
        return list(found.index[found.all(axis=1)]) if len(found.columns) else []

    def labelled(self, dataset: str, population: str) -> list[str]:
        """Labelled cells of a population, sorted."""
        known = set(self.labels[dataset].values.index)
        return [
            arch
            for arch in require(self.space, "archs", "a table of the paper").archs(population)
            if arch in known
        ]

    def settings(self, dataset: str) -> FeatureSettings:
        """Settings of the shipped network features."""
        return preferred_settings(self.space.name, NETWORK_GROUPS, {"dataset": dataset})

    def features(self, dataset: str, archs: list[str]) -> pd.DataFrame:
        """Network features of covered cells: with the paper's batch where they are shipped (see `large`)."""
        usual = self._shipped(dataset, archs, self.settings(dataset)).rows.values
        return self._large(dataset, archs).combine_first(usual)[usual.columns]

    def large(self, dataset: str, archs: list[str]) -> list[str]:
        """Columns that `features` has with the paper's batch: those shipped for all of the cells."""
        return [str(column) for column in self._large(dataset, archs)]

    def batches(self, dataset: str, archs: list[str]) -> str:
        """Batch sizes of `features`, for a note."""
        large = self.large(dataset, archs)
        usual = f"batch {self.settings(dataset).batch_size}"
        return f"{usual}; batch {PAPER_BATCH}: {', '.join(large)}" if large else usual

    def _large(self, dataset: str, archs: list[str]) -> pd.DataFrame:
        known = self._shipped(dataset, archs, self.settings(dataset).changed(batch_size=PAPER_BATCH))
        return known.rows.values.loc[:, known.found.all()]

    def _shipped(self, dataset: str, archs: list[str], settings: FeatureSettings) -> Known:
        """What is shipped of the network features, for some cells."""
        return shipped_rows(self.space, archs, NETWORK_GROUPS, settings=settings)

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
    path: str, *, seeds: tuple[int, ...] = (1, 2, 3, 4, 5), cells: int | None = 200, threads: int = 1
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
    return Bench("nb201", space, labels, 1024, seeds, "ImageNet16-120", cells, threads)


def digits_bench(
    *, seeds: tuple[int, ...] = (1, 2, 3, 4, 5), cells: int | None = 100, threads: int = 1
) -> Bench:
    """The shipped benchmark, for people who do not have the other one."""
    space = get_space("nb201")
    labels = {"digits": load_labels(digits_table(), space=space, label="digits")}
    return Bench("digits", space, labels, 256, seeds, "digits", cells, threads)
