"""Whose architectures a command is about: those of a search space, or the rows of a user's own table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxyrank.cli import arguments, output
from proxyrank.cli.built_table import only_label, trained_space
from proxyrank.cli.labels import is_archive, labelled_space
from proxyrank.common.arch_files import arch_texts
from proxyrank.common.errors import ArchitectureError, ProxyrankError, TableError
from proxyrank.common.tabular import is_table, read_table
from proxyrank.spaces import SearchSpace, arch_columns
from proxyrank.spaces.table import Row, TableSpace
from proxyrank.spaces.table_file import read_table_space
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    import pandas as pd

    from proxyrank.evaluate import Labels
    from proxyrank.features import FeatureTable, Sidecar

BOTH = "--features and --candidates are two names for the table of the architectures"


def open_space(
    space: str | None,
    labels: str | None,
    *,
    features: str | None = None,
    candidates: str | None = None,
    choose_from: str | None = None,
    build: str | None = None,
    dataset: str | None = None,
    logits: str | None = None,
    timeout: float | None = None,
    label: str | None = None,
    key: str | None = None,
    sentinels: Sequence[float] | None = None,
) -> "tuple[SearchSpace, FeatureTable | None]":
    """The space that a request is about, and the feature table beside it, if there is one.

    It is the table itself (``--features`` or ``--candidates``, else ``--labels``) by ``--space table`` or
    ``--id``, where its networks are built (``--build``), and where no space is named and neither table names
    architectures of the space that would be taken. ``choose_from`` may be such a table, or a mere list of
    architectures.

    Raises
    ------
    ProxyrankError
        If a file, a name or the space will not do, or two options exclude each other.
    """
    if logits and not build:
        raise ProxyrankError("--logits is about the networks of --build")
    table = candidates or choose_from
    if build:
        if features or space:
            raise ProxyrankError("--build goes with --candidates; leave --features and --space out")
        own = trained_space(
            build,
            dataset,
            table,
            labels,
            key=key,
            label=label,
            logits=logits,
            timeout=timeout,
            sentinels=sentinels,
        )
        return own, None
    if features and candidates:
        raise ProxyrankError(BOTH)
    table = features or table
    if table and (stated := written_sidecar(table)) and stated.space == TableSpace.name:
        return written_table(table, stated)
    if space == TableSpace.name or (space is None and (key or _is_own(labels, table))):
        if (path := table or labels) is None:
            raise ProxyrankError("--space table: no table of the architectures is given")
        return _table_space(path, labels, label, key, sentinels or ()), None
    if key:
        raise ProxyrankError(f"--id names the architectures of a table; leave --space {space} out")
    where = labelled_space(space, labels)
    try:
        return where, arguments.user_table(where, features or candidates, sentinels=sentinels or ())
    except ArchitectureError as error:
        file = arguments.data_path(table or "", "--features")
        if not is_foreign(where, read_table(file), file):
            raise
        raise ArchitectureError(f"{error}; for networks of your own: --space table") from None


def written_sidecar(path: str) -> "Sidecar | None":
    """The sidecar of a table that proxyrank wrote; None for a user's own."""
    from proxyrank.features.tables.sidecar_file import read_sidecar, sidecar_path

    beside = sidecar_path(arguments.data_path(path, "--features"))
    return read_sidecar(beside) if beside.is_file() else None


def written_table(
    path: str, sidecar: "Sidecar", hyperparameters: Mapping[str, Any] | None = None
) -> "tuple[TableSpace, FeatureTable | None]":
    """A feature table of a user's own networks, and its architectures as a space.

    The space has the hyperparameters of the sidecar, or those that a ranker's card states.
    """
    stated = hyperparameters or sidecar.hyperparameters
    bare = TableSpace.of(stated or {"key": "arch", "options": {}})
    table = arguments.user_table(bare, path)
    rows: dict[str, Row] = {arch: {} for arch in (table.frame.index if table is not None else ())}
    return TableSpace(bare.options, rows, key=bare.key, source=path, code=sidecar.code), table


def _table_space(
    path: str, labels: str | None, label: str | None, key: str | None, sentinels: Sequence[float]
) -> TableSpace:
    file = arguments.data_path(path, "--features")
    learnt = label or (only_label(file, labels, key) if labels else None)
    where, notes = read_table_space(file, key=key, label=learnt, sentinels=sentinels)
    output.notes(notes)
    return where


def learnable(space: SearchSpace, labels: "Labels") -> SearchSpace:
    """The space to learn the labels in: a table of networks without columns that hold the label itself."""
    from proxyrank.train.own_leaks import without_label

    found, notes = without_label(space, labels)
    output.notes(notes)
    return found


def _is_own(labels: str | None, features: str | None) -> bool:
    """Whether neither the table nor the labels name architectures of the space that would be taken."""
    if features is None or labels in BENCHMARKS or (labels is not None and is_archive(labels)):
        return False
    if written_sidecar(features):  # it states its space
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
