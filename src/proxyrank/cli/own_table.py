"""Whose architectures a command is about: those of a search space, or the rows of a user's own table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxyrank.cli import arguments, output
from proxyrank.cli.labels import is_archive, labelled_space
from proxyrank.common.arch_files import arch_texts
from proxyrank.common.errors import ArchitectureError, ProxyrankError, TableError
from proxyrank.common.tabular import is_table, read_table
from proxyrank.spaces import SearchSpace, arch_columns, data_shape
from proxyrank.spaces.files import FileFunction
from proxyrank.spaces.table import TableSpace
from proxyrank.spaces.table_file import read_table_space
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    import pandas as pd

    from proxyrank.evaluate import Labels
    from proxyrank.features import FeatureTable, Sidecar
    from proxyrank.models import ProxyRanker, RankerCard


def open_space(
    space: str | None,
    labels: str | None,
    *,
    features: str | None = None,
    candidates: str | None = None,
    label: str | None = None,
    key: str | None = None,
    sentinels: Sequence[float] | None = None,
) -> "tuple[SearchSpace, FeatureTable | None]":
    """The space that a request is about, and the feature table beside it, if there is one.

    It is the table itself (``--features`` or ``--candidates``, else ``--labels``) by ``--space table`` or
    ``--id``, and where no space is named and neither table names architectures of the space that would be
    taken.

    Raises
    ------
    ProxyrankError
        If a file, a name or the space will not do.
    """
    table = features or candidates
    if features and (stated := _written(features)) and stated.space == TableSpace.name:
        return _written_table(features, stated.hyperparameters)
    if space == TableSpace.name or (space is None and (key or _is_own(labels, table))):
        if (path := table or labels) is None:
            raise ProxyrankError("--space table: no table of the architectures is given")
        return _table_space(path, labels, label, key, sentinels or ()), None
    if key:
        raise ProxyrankError(f"--id names the architectures of a table; leave --space {space} out")
    where = labelled_space(space, labels)
    try:
        return where, arguments.user_table(where, features, sentinels=sentinels or ())
    except ArchitectureError as error:
        file = arguments.data_path(features or "", "--features")
        if not is_foreign(where, read_table(file), file):
            raise
        raise ArchitectureError(f"{error}; for networks of your own: --space table") from None


def open_ranker(
    folder: Path,
    *,
    space: str | None = None,
    features: str | None = None,
    candidates: str | None = None,
    build: str | None = None,
    logits: str | None = None,
    timeout: float | None = None,
    threads: int | None = None,
    sentinels: Sequence[float] | None = None,
) -> "tuple[ProxyRanker, FeatureTable | None]":
    """A ranker, with the rows of ``--features`` where it was trained on a table of architectures.

    Those of ``--candidates`` are the same; ``--build`` makes their networks where features need them.
    Sentinels that were declared in training count here too.

    Raises
    ------
    ProxyrankError
        If the folder, the space or the table will not do.
    """
    from proxyrank.features.tables.user import sentinels_of
    from proxyrank.models import ProxyRanker
    from proxyrank.models.folder import read_card

    card = read_card(folder)
    if candidates and features:
        raise ProxyrankError("--features and --candidates are two names for the table of the architectures")
    if build and card.space != TableSpace.name:
        raise ProxyrankError(f"--build: {folder} was not trained on a table of architectures")
    features = features or candidates
    if card.space != TableSpace.name or space not in (None, TableSpace.name):
        loaded = ProxyRanker.load(folder, n_jobs=threads, space=space)
        known = (*sentinels_of(card.groups), *(sentinels or ()))
        return loaded, arguments.user_table(loaded.search_space, features, sentinels=known)
    if features is None:
        raise ProxyrankError(
            f"{folder}: trained on a table of architectures; give one that describes them with --features"
        )
    if _written(features):
        where, table = _written_table(features, card.hyperparameters)
        return ProxyRanker.load(folder, n_jobs=threads, space=where), table
    path = arguments.data_path(features, "--features")
    maker = FileFunction.of(build, logits=logits, timeout=timeout) if build else None
    data = data_shape(_dataset_of(card), square=False) if build else None
    where, notes = read_table_space(
        path, like=card.hyperparameters, build=maker, data=data, sentinels=sentinels or ()
    )
    say(notes)
    return ProxyRanker.load(folder, n_jobs=threads, space=where), None


def _dataset_of(card: "RankerCard") -> str:
    """Data set for which the networks of a ranker were built."""
    families = [family for info in card.groups.values() for family in info.families]
    stated = [f.settings.dataset for f in families if "dataset" in f.settings.model_fields_set]
    return stated[0] if stated else "cifar10"


def _table_space(
    path: str, labels: str | None, label: str | None, key: str | None, sentinels: Sequence[float]
) -> TableSpace:
    file = arguments.data_path(path, "--features")
    learnt = label or (only_label(file, labels, key) if labels else None)
    where, notes = read_table_space(file, key=key, label=learnt, sentinels=sentinels)
    say(notes)
    return where


def _written(path: str) -> "Sidecar | None":
    """The sidecar of a table that proxyrank wrote; None for a user's own."""
    from proxyrank.features.tables.sidecar_file import read_sidecar, sidecar_path

    beside = sidecar_path(arguments.data_path(path, "--features"))
    return read_sidecar(beside) if beside.is_file() else None


def _written_table(
    path: str, hyperparameters: Mapping[str, Any] | None
) -> "tuple[TableSpace, FeatureTable | None]":
    """A feature table of a user's own networks, and its architectures as a space."""
    bare = TableSpace.of(hyperparameters or {"key": "arch", "options": {}})
    table = arguments.user_table(bare, path)
    archs = table.frame.index if table is not None else ()
    return TableSpace(bare.options, {arch: {} for arch in archs}, key=bare.key, source=path), table


def learnable(space: SearchSpace, labels: "Labels") -> SearchSpace:
    """The space to learn the labels in: a table of networks without columns that hold the label itself."""
    from proxyrank.train.own_leaks import without_label

    found, notes = without_label(space, labels)
    say(notes)
    return found


def say(notes: list[str]) -> None:
    """Each remark on a line of the error stream."""
    for text in notes:
        output.note(text)


def only_label(features: Path, labels: str, key: str | None) -> str | None:
    """The one column of the labels that the table of architectures has not; None where that does not tell."""
    known = list(read_table(features, "--features"))
    read = map(str, read_table(arguments.data_path(labels, "--labels")))
    more = [name for name in read if name not in (*known, key)]
    return more[0] if len(more) == 1 else None


def _is_own(labels: str | None, features: str | None) -> bool:
    """Whether neither the table nor the labels name architectures of the space that would be taken."""
    if features is None or labels in BENCHMARKS or (labels is not None and is_archive(labels)):
        return False
    if _written(features):  # it states its space
        return False
    where = labelled_space(None, labels)
    files = [arguments.data_path(features, "--features")]
    if labels is not None:
        files.append(arguments.data_path(labels, "--labels"))
    return all(is_table(file) and is_foreign(where, read_table(file), file) for file in files)


def is_foreign(space: SearchSpace, table: "pd.DataFrame", path: Path) -> bool:
    """Whether no row of a table names an architecture of a space."""
    try:
        texts = arch_texts(table, path, arch_columns(space))
    except TableError:
        return True
    return not any(_parses(space, text) for text in texts)


def _parses(space: SearchSpace, text: str) -> bool:
    try:
        space.parse(text)
    except ArchitectureError:
        return False
    return True
