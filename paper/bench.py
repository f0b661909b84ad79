"""Whose labels the tables are made of: NAS-Bench-201's, or those of the shipped digits benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.evaluate import Labels, load_labels
from proxyrank.features import (
    compute_features,
    get_group,
    preferred_settings,
    shipped_columns,
    shipped_rows,
    shipped_tables,
)
from proxyrank.spaces import DATASETS, SearchSpace, get_space, require
from proxyrank.train.digits import digits_table

NETWORK_GROUPS = ("vkdnw", "vkdnw_extra", "zcs")
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
        return [
            arch
            for arch in require(self.space, "archs", "a table of the paper").archs(population)
            if arch in known
        ]

    def settings(self, dataset: str) -> dict[str, object]:
        """Settings of the shipped network features."""
        return preferred_settings(self.space.name, NETWORK_GROUPS, {"dataset": dataset})

    def features(self, dataset: str, archs: list[str]) -> pd.DataFrame:
        """Network features of covered cells: with the paper's batch where they are shipped (see `large`)."""
        table = compute_features(self.space, archs, NETWORK_GROUPS, settings=self.settings(dataset))
        large = _shipped_at(self.space, dataset, PAPER_BATCH, archs)
        return large.combine_first(table.frame)[table.columns]

    def large(self, dataset: str, archs: list[str]) -> list[str]:
        """Columns that `features` has with the paper's batch: those shipped for all of the cells."""
        return [str(column) for column in _shipped_at(self.space, dataset, PAPER_BATCH, archs)]

    def batches(self, dataset: str, archs: list[str]) -> str:
        """Batch sizes of `features`, for a note."""
        large = self.large(dataset, archs)
        usual = f"batch {self.settings(dataset)['batch_size']}"
        return f"{usual}; batch {PAPER_BATCH}: {', '.join(large)}" if large else usual

    def fingerprint(self) -> dict[str, dict[str, str]]:
        """Digests of the labels by data set (values and architectures), and of the shipped tables by name."""
        labels = {name: short_digest(own.values.to_csv(header=False)) for name, own in self.labels.items()}
        files = [path for path, sidecar in shipped_tables().items() if sidecar.space == self.space.name]
        features = {path.name: short_digest(path.read_bytes()) for path in files}
        return {"labels": labels, "features": features}

    def accuracies(self, dataset: str, archs: list[str]) -> "pd.Series[float]":
        """Labels of cells."""
        return self.labels[dataset].values.loc[archs]


def _shipped_at(space: SearchSpace, dataset: str, batch_size: int, archs: list[str]) -> pd.DataFrame:
    """Columns that are shipped at a batch size for all of the cells; none where the usual table has it."""
    settings = preferred_settings(space.name, NETWORK_GROUPS, {"dataset": dataset})
    found = pd.DataFrame(index=pd.Index(archs, name="arch", dtype="str"))
    if settings.get("batch_size") == batch_size:
        return found
    for name in NETWORK_GROUPS:
        resolved = get_group(name).resolve({**settings, "batch_size": batch_size})
        rows = shipped_columns(space.name, name, resolved)
        if rows is not None and set(archs) <= set(rows.index):
            found = found.join(rows)
    return found


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
