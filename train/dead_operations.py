"""Labels that dead operations change, such as latency, and feature groups that do not see these."""

import re

from scipy.stats import rankdata

from proxyrank.evaluate import Labels
from proxyrank.features import GROUPS
from proxyrank.models import ProxyRanker
from proxyrank.spaces import SearchSpace, canonical, has

COST_SHARE = 0.2
"""Share of the variance within classes of equal networks above which a label is a cost. Over
NAS-Bench-201, latency and energy have .30 to .55, accuracies .002 to .03, those of analog hardware .08."""

_PAIRS = 10
"""Repeats within classes below which the share is not looked at."""

_COST = re.compile(r"latency|energy|runtime|inference_time|throughput|power|fps|joule|watt", re.IGNORECASE)


def dead_operations_remark(ranker: ProxyRanker, labels: Labels) -> str | None:
    """One line where the labels change with dead operations and no group of the ranker sees them.

    That they do is read off the labels of equal networks or, where these are few, off the label's name.

    Parameters
    ----------
    ranker
        Just fitted.
    labels
        What its training part was chosen from.
    """
    space, card = ranker.search_space, ranker.card
    known = [GROUPS[name] for name in card.groups if name in GROUPS]
    seeing = [group for group in known if group.equal_by == "arch" and group.name not in card.averaged]
    if seeing or len(known) < len(card.groups) or not (has(space, "canonical") and has(space, "graph")):
        return None
    share, pairs = share_within_classes(space, labels)
    measured = pairs >= _PAIRS
    if measured and share < COST_SHARE:
        return None
    if not measured and not (
        _COST.search(labels.name) and any(canonical(space, arch) != arch for arch in ranker.train_archs)
    ):
        return None
    why = (
        f"{share:.0%} of the variance of {labels.name!r} is between cells that differ in dead operations only"
        if measured
        else f"{labels.name!r} is named like a cost, which dead operations have too"
    )
    return f"{why}; the groups {', '.join(card.groups)} do not see them, --groups raw does"


def share_within_classes(space: SearchSpace, labels: Labels) -> tuple[float, int]:
    """Share of the variance of the labels' ranks that lies within classes of one canonical form.

    Returns
    -------
    float
        From 0 on; about 1 where classes say nothing. 0 without repeats.
    int
        Labels beyond the first of each class.
    """
    ranks = labels.values.copy()
    ranks[:] = rankdata(labels.values)
    of_class = ranks.groupby([canonical(space, arch) for arch in ranks.index])
    repeats = len(ranks) - of_class.ngroups
    whole = float(ranks.var())
    if not repeats or not whole:
        return 0.0, repeats
    within = float(((ranks - of_class.transform("mean")) ** 2).sum()) / repeats
    return within / whole, repeats
