"""What is said of a fit without being asked."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from proxyrank.evaluate import make_labels
from proxyrank.features import compute_features
from proxyrank.spaces import get_space
from proxyrank.train.remarks import fit_remarks

SPACE = get_space("nb201")


def test_unused_groups_blank_columns_and_labels_without_features() -> None:
    archs = SPACE.sample(6, seed=1)
    labels = make_labels(archs, np.arange(6.0), name="acc")
    card = SimpleNamespace(unused=["cell"], groups={"cell": None}, averaged=[])
    ranker = SimpleNamespace(card=card, train_archs=tuple(archs[:3]), search_space=SPACE)
    assert fit_remarks(ranker, labels) == ["the fitted model does not look at the groups cell"]
    ranker.card.unused = []
    table = compute_features(SPACE, archs[:4], ["sizes"], settings={"dataset": "cifar10"})
    frame = table.frame.copy()
    first = frame.columns[0]
    frame.loc[archs[:3], first] = np.nan
    said = fit_remarks(ranker, labels, replace(table, frame=frame))
    assert said == [
        f"no training row has a value of 1 columns: {first}",
        "2 of 6 labelled architectures are not in the feature table and were left out, first: "
        f"{min(archs[4:])}",
    ]
    assert fit_remarks(ranker, labels.subset(archs[:4]), table) == []
