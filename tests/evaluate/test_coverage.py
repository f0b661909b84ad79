"""Labels inside prediction intervals, in all and by tenths of the predictions."""

import numpy as np
import pandas as pd

from proxyrank.evaluate.coverage import coverage_by_tenth, interval_metrics


def _ranked(n: int) -> pd.DataFrame:
    """Intervals two units wide around predictions, in an order of their own."""
    predicted = np.random.default_rng(0).permutation(n).astype(float)
    frame = pd.DataFrame({"predicted": predicted, "low": predicted - 1, "high": predicted + 1})
    return frame.set_axis([f"a{i}" for i in range(n)])


def test_tenths_go_from_the_lowest_predictions_to_the_highest() -> None:
    ranked = _ranked(40)
    labels = ranked["predicted"].where(ranked["predicted"] >= 6, 100.0)  # the six lowest are missed
    assert coverage_by_tenth(ranked, labels) == [0.0, 0.5, *[1.0] * 8]
    assert interval_metrics(ranked, labels)["coverage90"].value == 34 / 40
    assert interval_metrics(ranked, labels)["interval_width"].value == 2
    some = labels.drop(labels.index[ranked["predicted"] >= 6][:4])  # without a label: not looked at
    assert interval_metrics(ranked, some)["coverage90"].value == 30 / 36


def test_what_is_undefined() -> None:
    ranked = _ranked(9)
    assert coverage_by_tenth(ranked, ranked["predicted"]) is None
    assert coverage_by_tenth(ranked[["predicted"]], ranked["predicted"]) is None
    assert interval_metrics(ranked[["predicted"]], ranked["predicted"])["coverage90"].value is None
    empty = interval_metrics(ranked[:0], ranked["predicted"])
    assert empty["coverage90"].value is None
    assert empty["coverage90"].reason == "no architecture"
