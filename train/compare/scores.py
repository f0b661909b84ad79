"""Rankings that need no training: sizes, proxies and their combinations."""

from collections.abc import Sequence

import pandas as pd

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.evaluate import SIZES, size_scores, sized_dataset
from proxyrank.features import GROUPS, FeatureSettings, FeatureTable, compute_features, get_group
from proxyrank.features.network.aggregates import AGGREGATES, READ
from proxyrank.spaces import SearchSpace, has

BASELINES = ("flops", "params")
"""What stands beside every comparison, where the space has sizes."""


def score_frame(
    space: SearchSpace,
    archs: Sequence[str],
    names: Sequence[str],
    *,
    label: str,
    dataset: str | None = None,
    settings: FeatureSettings | None = None,
    features: FeatureTable | None = None,
) -> pd.DataFrame:
    """Columns that the named scores need, of all architectures; higher counts as better.

    A name is a size, a rule of `AGGREGATES`, a column of the given table, or a column of a feature group.

    Raises
    ------
    ProxyrankError
        If a name is none of these.
    """
    frame = pd.DataFrame(index=pd.Index(list(archs), name="arch"))
    if has(space, "sizes"):
        frame = frame.join(size_scores(space, archs, dataset or sized_dataset(space, label)))
    if features is not None:
        own = features.frame.loc[list(archs)]
        frame = frame.drop(columns=[name for name in own if name in frame]).join(own)
    wanted = [*(name for name in names if name not in (*frame.columns, *AGGREGATES))]
    if set(names) & set(AGGREGATES):
        wanted += [name for name in READ if name not in frame]
    if not wanted:
        return frame
    owners = _owners(space, wanted)
    given = settings or FeatureSettings()
    table = compute_features(
        space,
        archs,
        list(dict.fromkeys(owners.values())),
        settings=given.changed(dataset=dataset or sized_dataset(space, label)),
        columns=list(dict.fromkeys(wanted)),
        prefer_shipped=True,
    )
    return frame.join(table.frame[[name for name in table.frame if name not in frame]])


def _owners(space: SearchSpace, columns: Sequence[str]) -> dict[str, str]:
    """Group of each column."""
    known: dict[str, str] = {}
    for name in GROUPS:
        group = get_group(name)
        try:
            group.require(space)
        except ProxyrankError:  # the space lacks what it needs
            continue
        known |= dict.fromkeys(group.columns(space), name)
    for name in columns:
        if name not in known:
            raise unknown("score", name, (*SIZES, *AGGREGATES, *known))
    return {name: known[name] for name in columns}


def score_of(name: str, frame: pd.DataFrame) -> "pd.Series[float]":
    """A score on some architectures: a column of theirs, or a rule over their columns."""
    found: pd.Series[float] = frame[name] if name in frame else AGGREGATES[name](frame)
    return found
