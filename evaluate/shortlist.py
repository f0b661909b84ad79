"""Short lists: which candidates are within limits, and how a ranker orders them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate.judge import seen_in_training
from proxyrank.evaluate.sizes import size_scores, sized_dataset
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker
from proxyrank.spaces import require
from proxyrank.spaces.candidates import Candidates

SIZES = ("params", "flops")
"""Columns that every space with sizes can limit."""
_FIRST = ["rank", "arch", "score", "predicted", "seen_in_training"]


@dataclass(frozen=True, eq=False)
class Shortlist:
    """What `shortlist` found.

    Attributes
    ----------
    ranked
        What `ProxyRanker.rank` returns, best first, with ``seen_in_training`` and the columns that were
        limited; a column of the user's file whose name is taken is called ``NAME_given``.
    notes
        What was left out and why, a line each.
    """

    ranked: pd.DataFrame
    notes: tuple[str, ...] = ()


def unseen_candidates(ranker: ProxyRanker) -> Candidates:
    """The whole population of a ranker without its training architectures.

    Raises
    ------
    ProxyrankError
        If the space cannot be listed.
    """
    listed = require(ranker.search_space, "archs", "--unseen").archs(ranker.card.population)
    trained = set(ranker.train_archs)
    return Candidates(tuple(arch for arch in listed if arch not in trained))


def parse_limits(texts: Sequence[str]) -> dict[str, float]:
    """Limits by column, from texts such as ``latency=4.5``.

    Raises
    ------
    ProxyrankError
        If a text is something else.
    """
    limits = {}
    for text in texts:
        column, equals, value = text.partition("=")
        try:
            limits[column.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise ProxyrankError(f"--limit {text}: expected COLUMN=NUMBER, such as latency=4.5")
    return limits


def shortlist(
    ranker: ProxyRanker,
    candidates: Candidates,
    *,
    limits: Mapping[str, float] | None = None,
    max_params: float | None = None,
    max_flops: float | None = None,
    dataset: str | None = None,
    features: FeatureTable | None = None,
    top: int | None = None,
) -> Shortlist:
    """Rank the candidates that are within limits.

    Parameters
    ----------
    ranker
        A fitted ranker.
    candidates
        What to rank.
    limits
        Column of the candidates' file -> largest value; rows without a value are left out. ``params`` and
        ``flops`` are the sizes of the networks where the file has no such column.
    max_params, max_flops
        Largest sizes of the networks, whatever the file says.
    dataset
        Whose networks are sized; None takes that of the space or of the ranker, if it is a known one, else
        cifar10.
    features
        Features of the candidates, for a ranker that was trained on a user's own table.
    top
        Keep the best ones only.

    Raises
    ------
    ProxyrankError
        If a limited column is absent or holds no numbers, or no candidate is within the limits.
    """
    index = pd.Index(candidates.archs, name="arch")
    of_file, of_size = _split_limits(limits or {}, candidates, max_params, max_flops)
    given = pd.DataFrame({column: candidates.numbers(column) for column in of_file}, index=index)
    sizes = pd.DataFrame(index=index)
    if of_size:
        sized = dataset or sized_dataset(ranker.search_space, ranker.card.dataset)
        sizes = size_scores(ranker.search_space, candidates.archs, sized)[list(SIZES)]
    inside = pd.Series(True, index=index)
    for values, own in ((given, of_file), (sizes, of_size)):
        for column, most in own.items():
            inside &= values[column] <= most  # false where there is no value
    if not inside.any():
        raise ProxyrankError("no architecture is within the limits")
    ranked = ranker.rank(list(index[inside]), features=features)
    ranked["seen_in_training"] = seen_in_training(ranker, list(ranked["arch"]))
    own_sizes = sizes[inside].astype("int64")
    ranked = ranked[[*_FIRST, *ranked.columns.drop(_FIRST)]].join(own_sizes, on="arch")
    ranked = ranked.join(given.rename(columns=lambda name: _free(name, ranked)), on="arch")
    missing = {column: int(count) for column, count in given.isna().sum().items() if count}
    if unsized := int(sizes.isna().any(axis=1).sum()):
        missing["size (their networks fail)"] = unsized
    notes = [f"{candidates.path}: {count} without a {column} left out" for column, count in missing.items()]
    return Shortlist(ranked if top is None else ranked.head(top), tuple(notes))


def _split_limits(
    limits: Mapping[str, float], candidates: Candidates, max_params: float | None, max_flops: float | None
) -> tuple[dict[str, float], dict[str, float]]:
    """Limits on columns of the file, and those on sizes of networks."""
    of_file = {column: most for column, most in limits.items() if column in candidates.columns}
    of_size = {column: most for column, most in limits.items() if column not in of_file}
    for column in of_size:
        if column not in SIZES:
            known = ", ".join(dict.fromkeys((*candidates.columns, *SIZES)))
            raise ProxyrankError(f"--limit {column}: no such column of --archs; columns: {known}")
    for column, limit in zip(SIZES, (max_params, max_flops), strict=True):
        if limit is not None:
            of_size[column] = min(limit, of_size.get(column, limit))
    return of_file, of_size


def _free(name: str, ranked: pd.DataFrame) -> str:
    while name in ranked:
        name += "_given"
    return name
