"""The paper's three metrics, nDCG as it computes it: ties in the order of the architecture strings."""

import numpy as np
import pandas as pd
from sklearn.metrics import ndcg_score

from proxyrank.evaluate import kendall_tau, spearman

TOP = 1000


def paper_metrics(scores: "pd.Series[float]", labels: "pd.Series[float]") -> dict[str, float]:
    """KT, SPR, nDCG and the accuracy of the top network.

    Parameters
    ----------
    scores
        Higher is better; missing values rank last.
    labels
        Accuracies in percent of the same architectures.
    """
    predicted = scores.reindex(labels.index).to_numpy(dtype=np.float64, na_value=-np.inf)
    predicted = pd.Series(predicted).rank(method="dense").to_numpy()  # minus infinity last, all finite
    true = labels.to_numpy(dtype=np.float64)
    gains = (2.0**true - 1.0) / (2.0 ** true.max() - 1.0)
    tau, rho = kendall_tau(predicted, true).value, spearman(predicted, true).value
    return {
        "KT": np.nan if tau is None else tau,
        "SPR": np.nan if rho is None else rho,
        "nDCG": float(ndcg_score(gains[None], predicted[None], k=TOP, ignore_ties=True)),
        "top1": float(true[int(np.argmax(predicted))]),
    }
