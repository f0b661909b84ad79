"""What a person should know about a fit and would not ask: one line each, said when it is trained."""

from collections.abc import Sequence

from proxyrank.evaluate import Labels
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker
from proxyrank.train.dead_operations import dead_operations_remark

_NAMED = 5


def fit_remarks(ranker: ProxyRanker, labels: Labels, features: FeatureTable | None = None) -> list[str]:
    """Groups that the model does not look at or that miss what the label shows; columns and labels in vain.

    Parameters
    ----------
    ranker
        Just fitted.
    labels
        What its training part was chosen from.
    features
        The table that it was given.
    """
    remarks = []
    if ranker.card.unused:
        remarks.append(f"the fitted model does not look at the groups {', '.join(ranker.card.unused)}")
    if remark := dead_operations_remark(ranker, labels):
        remarks.append(remark)
    if features is None:
        return remarks
    rows = features.frame.loc[features.frame.index.intersection(list(ranker.train_archs))]
    if blank := [str(name) for name in rows.columns[rows.isna().all()]]:
        remarks.append(f"no training row has a value of {len(blank)} columns: {_listed(blank)}")
    absent = [arch for arch in labels.values.index if arch not in features.frame.index]
    if absent:
        count = f"{len(absent)} of {len(labels.values)} labelled architectures"
        remarks.append(f"{count} are not in the feature table and were left out, first: {absent[0]}")
    return remarks


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
