from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from proxyrank.common.pictures import own_axes
from proxyrank.train.compare import ComparePlan, Learnt, enough_labels, plot_comparison, summarise
from proxyrank.train.compare.latex import to_latex
from proxyrank.train.compare.render import enough_lines, to_markdown

RowsOf = Callable[[dict[tuple[str, int], Any]], pd.DataFrame]
PLAN = ComparePlan((Learnt("a_b", ("graf",)),), sizes=(8, 16), seeds=(0, 1), reference="a_b")


@pytest.fixture
def rows(rows_of: RowsOf) -> pd.DataFrame:
    return rows_of(
        {
            ("a_b", 8): [0.50, 0.52], ("a_b", 16): [0.80, 0.82],
            ("flops", 8): [0.60, 0.60], ("flops", 16): [0.61, 0.59],
        }
    )  # fmt: skip


def test_markdown_has_the_best_in_bold_and_says_what_is_enough(rows: pd.DataFrame) -> None:
    text = to_markdown(summarise(rows, PLAN), PLAN, "acc", enough_labels(rows, PLAN))
    lines = text.splitlines()
    assert lines[0] == "| ranking | 8 labels | 16 labels | difference at 16 |"
    assert lines[2] == "| a_b | 0.510 ± 0.014 | **0.810 ± 0.014** |  |"
    assert lines[3].startswith("| flops | **0.600 ± 0.000** | 0.600 ± 0.014 | -0.210 (-0.464 to +0.044) |")
    assert "KT on acc, mean ± standard deviation over 2 splits" in text
    assert "- a_b: no size tried is enough: from 8 to 16 labels KT gains +0.300" in text


def test_latex_is_booktabs_with_caption_and_label(rows: pd.DataFrame) -> None:
    text = to_latex(summarise(rows, PLAN), PLAN, "my acc")
    for part in (
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
        r"\label{tab:proxyrank-my-acc}",
        r"95 \% interval",
    ):
        assert part in text
    assert r"a\_b & 0.510 $\pm$ 0.014 & \textbf{0.810 $\pm$ 0.014} &  \\" in text
    assert text.count("{") == text.count("}")
    assert text.count(r"\\") == 3


def test_less_is_better_where_it_is(rows: pd.DataFrame) -> None:
    plan = ComparePlan(PLAN.learnt, sizes=(8, 16), seeds=(0, 1), metric="regret@1", reference="a_b")
    assert "**0.51 ± 0.01**" in to_markdown(summarise(rows, plan), plan, "acc", enough_labels(rows, plan))


def test_one_size_does_not_tell_how_many_are_enough(rows: pd.DataFrame) -> None:
    plan = ComparePlan(PLAN.learnt, sizes=(16,), seeds=(0, 1), reference="a_b")
    own = rows[rows["size"] == 16]
    assert enough_lines(enough_labels(own, plan), plan) == [
        "a_b: one size was tried, which does not tell how many labels are enough"
    ]


def test_the_curve_has_a_line_a_ranking_at_the_means(rows: pd.DataFrame) -> None:
    ax = own_axes(None, 3, 3)
    assert plot_comparison(summarise(rows, PLAN), PLAN, label="acc", ax=ax) is ax
    learnt, flops = ax.lines
    assert learnt.get_xydata().ravel().tolist() == pytest.approx([8, 0.51, 16, 0.81])
    assert flops.get_linestyle() != "-"
