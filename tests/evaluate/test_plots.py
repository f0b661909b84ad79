import numpy as np
import pandas as pd
import pytest

from proxyrank.common.pictures import BAD, GOOD, own_axes, panels
from proxyrank.evaluate.plots import plot_bars, plot_ranking


def test_points_are_ranks_and_the_given_axes_are_drawn_on() -> None:
    labels = pd.Series({"a": 90.0, "b": 91.0, "c": 80.0})
    ax = own_axes(None, 3, 3)
    assert plot_ranking(pd.Series({"c": 0.0, "b": 2.0, "a": 1.0}), labels, label="accuracy", ax=ax) is ax
    offsets = np.asarray(ax.collections[0].get_offsets())
    assert offsets.tolist() == [[2, 2], [1, 1], [3, 3]]
    assert min(ax.get_xticks()) == min(ax.get_yticks()) == 1


def test_bars_stand_from_the_top_in_the_colour_of_their_sign() -> None:
    from matplotlib.colors import to_hex

    ax = plot_bars(pd.Series(["x", "y"]), pd.Series([0.5, -0.2]), label="contribution")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["x", "y"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [to_hex(bar.get_facecolor()).upper() for bar in ax.patches] == [GOOD, BAD]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.5, -0.2])


def test_two_pictures_in_one_figure() -> None:
    left, right = panels(2, columns=2, width=3, height=3)
    plot_bars(pd.Series(["x"]), pd.Series([1.0]), label="a", ax=left)
    plot_bars(pd.Series(["y"]), pd.Series([1.0]), label="b", ax=right)
    assert (left.get_xlabel(), right.get_xlabel()) == ("a", "b")
