import pandas as pd
import pytest

from proxyrank.report.charts import lines_plot
from proxyrank.report.points import MOST_POINTS, front_plot, pareto, ranks_plot, thinned


def test_the_front_is_what_no_other_beats() -> None:
    rows = [("a", 1, 0.5), ("b", 2, 0.4), ("c", 2, 0.7), ("d", 3, 0.7), ("e", 4, 0.9), ("f", None, 1.0)]
    frame = pd.DataFrame(rows, columns=["arch", "flops", "score"])

    def beaten(i: int) -> bool:  # by all others, literally
        (_, cost, worth), others = (
            rows[i],
            [row for j, row in enumerate(rows) if j != i and row[1] is not None],
        )
        return any(c <= cost and w >= worth and (c < cost or w > worth) for _, c, w in others)

    expected = [row[0] for i, row in enumerate(rows) if row[1] is not None and not beaten(i)]
    assert list(pareto(frame, "flops", "score")["arch"]) == expected == ["a", "c", "e"]
    assert front_plot(frame, "flops", "score", "").traces[1]["text"] == expected


def test_long_frames_are_thinned_and_it_is_said() -> None:
    frame = pd.DataFrame({"arch": "x", "true": range(1, 7001), "predicted": 1, "label": 0.0})
    assert len(thinned(frame)) <= MOST_POINTS
    assert "2,334 of 7,000 points are drawn" in ranks_plot(frame, "Said.").caption
    assert ranks_plot(frame.head(10), "Said.").caption == "Said."
    assert ranks_plot(frame, "").layout["xaxis"]["tickvals"][0] == 1


def test_lines_with_spread_and_doubling_ticks() -> None:
    plot = lines_plot({"a": ([8, 16], [0.1, 0.2], [0.01, 0.02])}, "labels", "KT", "", ticks=[8, 16])
    assert plot.traces[0]["error_y"]["array"] == pytest.approx([0.01, 0.02])
    assert plot.layout["xaxis"]["ticktext"] == ["8", "16"]
