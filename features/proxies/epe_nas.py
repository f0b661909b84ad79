"""EPE-NAS: correlation of the input gradients within each class."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import correlation_rounding
from proxyrank.features.proxies.base import PINK, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

MANY_CLASSES = 100


def class_correlation_score(jacobian: np.ndarray, labels: np.ndarray, classes: int) -> float:
    """Score of EPE-NAS, equations 3 to 5.

    A class has E = sum of log(|correlation| + 1e-5) over all pairs of its images. Up to 100 classes the score
    is the sum of |E|; beyond, E is divided by the class's number of images and the score is the sum of
    |E_i - E_j| over pairs of classes, over the number of classes. A single image correlates with itself only;
    beyond 100 classes such classes stay out, as in NAS-Bench-Suite-Zero. Where all images of every class
    correlate fully the published score is a sum of log(1 + 1e-5), which is no value here.

    Parameters
    ----------
    jacobian, labels
        [B, pixels] float64, and [B].
    classes
        Number of classes K of the task.

    Raises
    ------
    NotApplicableError
        If an input gradient is constant, no class has two images, or all of every class correlate fully.
    """
    if not np.isfinite(jacobian).all():
        raise NotApplicableError("overflow: input gradient is not finite")
    if (np.ptp(jacobian, axis=1) == 0.0).any():
        raise NotApplicableError("degenerate: zero input gradient")
    scores, apart, largest = [], 0.0, 0
    for label in np.unique(labels):
        rows = jacobian[labels == label]
        largest = max(largest, len(rows))
        if classes > MANY_CLASSES and len(rows) < 2:
            continue
        correlation = np.atleast_2d(np.corrcoef(rows))
        apart = max(apart, 1.0 - float(np.abs(correlation).min()))
        score = float(np.sum(np.log(np.abs(correlation) + 1e-5)))
        scores.append(score / len(rows) if classes > MANY_CLASSES else score)
    if largest < 2:
        raise NotApplicableError("no class has two images")
    if apart <= correlation_rounding(largest):
        raise NotApplicableError("degenerate: the images of every class correlate fully")
    values = np.array(scores)
    if classes <= MANY_CLASSES:
        return float(np.abs(values).sum())
    return float(np.abs(values[:, None] - values[None, :]).sum() / 2.0 / len(values))


def epe_nas(passes: "Passes") -> dict[str, float]:
    """`class_correlation_score` of the first batch in train mode."""
    labels = passes.batch.y.cpu().numpy()
    classes = passes.train_pass.logits.shape[1]
    return {"epe_nas": class_correlation_score(passes.input_gradient, labels, classes)}


PROXY = Proxy(
    name="epe_nas",
    compute=epe_nas,
    meaning="how little the input gradients of images of one class correlate",
    paper="Lopes et al., EPE-NAS, ICANN 2021, arXiv 2102.08099",
    reads=("input_gradient", "train_pass"),
    labels=True,
    minimum_batch=2,
    cost=2.0,
    minimum_network="logits that depend on the image",
    defaults=PINK,
)
