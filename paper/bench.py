"""Whose labels the tables are made of: NAS-Bench-201's, or those of the shipped digits benchmark."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from proxyrank.evaluate import Labels, load_labels
from proxyrank.features import FeatureTable, compute_features, get_group, preferred_settings, shipped_rows
from proxyrank.spaces import DATASETS, SearchSpace, get_space
from proxyrank.train.digits import digits_table

NETWORK_GROUPS = ("vkdnw", "vkdnw_extra", "zcs")


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
        held: set[str] | None = None
        settings = self.settings(dataset)
        for name in NETWORK_GROUPS:
            group = get_group(name)
            rows = shipped_rows(self.space.name, name, group.version, group.resolve(settings))
            archs = set() if rows is None else set(rows.index)
            held = archs if held is None else held & archs
        return [arch for arch in self.labelled(dataset, population) if arch in (held or set())]

    def labelled(self, dataset: str, population: str) -> list[str]:
        """Labelled cells of a population, sorted."""
        known = set(self.labels[dataset].values.index)
        return [arch for arch in self.space.archs(population) if arch in known]

    def settings(self, dataset: str) -> dict[str, object]:
        """Settings of the shipped network features."""
        return preferred_settings(self.space.name, NETWORK_GROUPS, {"dataset": dataset})

    def features(self, dataset: str, archs: list[str]) -> FeatureTable:
        """Network features of covered cells."""
        return compute_features(self.space, archs, NETWORK_GROUPS, settings=self.settings(dataset))

    def fingerprint(self) -> dict[str, str]:
        """Digest of the labels of each data set, by their values and architectures."""
        return {
            name: hashlib.sha256(own.values.to_csv(header=False).encode()).hexdigest()[:16]
            for name, own in self.labels.items()
        }

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
