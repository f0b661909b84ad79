"""What a report remarks on besides its numbers."""

from collections.abc import Mapping

from proxyrank.evaluate.metrics import (
    Metric,
)

_FEW = 30
_STRONGLY_NEGATIVE = -0.3


def report_notes(metrics: Mapping[str, Metric], n: int) -> list[str]:
    notes = [f"{name}: {metric.note}" for name, metric in metrics.items() if metric.note]
    if n < _FEW:
        notes.append(f"n = {n}: too few architectures for a firm judgement; read the intervals")
    tau = metrics["KT"].value
    if tau is not None and tau <= _STRONGLY_NEGATIVE:
        notes.append(
            f"KT is strongly negative ({tau:.3f}): do scores and label point the same way? none was flipped"
        )
    return notes
