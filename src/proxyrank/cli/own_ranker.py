"""A ranker, and the table of architectures that it needs where it was trained on one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.cli import arguments, output
from proxyrank.cli.own_table import BOTH, written_sidecar, written_table
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import data_shape
from proxyrank.spaces.files import FileFunction
from proxyrank.spaces.table import TableSpace
from proxyrank.spaces.table_file import read_table_space

if TYPE_CHECKING:
    from proxyrank.features import FeatureTable
    from proxyrank.models import ProxyRanker, RankerCard


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
        raise ProxyrankError(BOTH)
    if build and card.space != TableSpace.name:
        raise ProxyrankError(f"--build: {folder} was not trained on a table of architectures")
    if logits and not build:
        raise ProxyrankError("--logits is about the networks of --build")
    features = features or candidates
    if card.space != TableSpace.name or space not in (None, TableSpace.name):
        loaded = ProxyRanker.load(folder, n_jobs=threads, space=space)
        known = (*sentinels_of(card.groups), *(sentinels or ()))
        return loaded, arguments.user_table(loaded.search_space, features, sentinels=known)
    if features is None:
        raise ProxyrankError(
            f"{folder}: trained on a table of architectures; give one that describes them with --features"
        )
    if sidecar := written_sidecar(features):
        where, table = written_table(features, sidecar, card.hyperparameters)
        return ProxyRanker.load(folder, n_jobs=threads, space=where), table
    path = arguments.data_path(features, "--features")
    maker = FileFunction.of(build, logits=logits, timeout=timeout) if build else None
    data = data_shape(_dataset_of(card), square=False) if build else None
    where, notes = read_table_space(
        path, like=card.hyperparameters, build=maker, data=data, sentinels=sentinels or ()
    )
    output.notes(notes)
    return ProxyRanker.load(folder, n_jobs=threads, space=where), None


def _dataset_of(card: "RankerCard") -> str:
    """Data set for which the networks of a ranker were built."""
    families = [family for info in card.groups.values() for family in info.families]
    stated = [f.settings.dataset for f in families if "dataset" in f.settings.model_fields_set]
    return stated[0] if stated else "cifar10"
