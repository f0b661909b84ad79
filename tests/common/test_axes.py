import pytest

from proxyrank.common.axes import MOST_TICKS, banded_legend, count_axis, rank_axes, rank_ticks
from proxyrank.common.pictures import own_axes


@pytest.mark.parametrize("n", [2, 7, 40, 372, 2744, 15625])
def test_ranks_start_at_1_and_stay_within(n: int) -> None:
    ticks = rank_ticks(n)
    assert ticks[0] == 1
    assert ticks == sorted(set(ticks))
    assert ticks[-1] <= n
    ax = own_axes(None, 2, 2)
    rank_axes(ax, n)
    assert list(ax.get_xticks()) == ticks
    assert ax.get_xlim()[0] > n > 1 > ax.get_xlim()[1]  # points at both ends are whole


def test_counts_are_plain_numbers() -> None:
    ax = own_axes(None, 2, 2)
    ax.plot([16, 1024], [0, 1])
    count_axis(ax, [16, 64, 1024, 64])
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["16", "64", "1,024"]
    count_axis(ax, range(1, 40))
    assert len(ax.get_xticks()) <= MOST_TICKS
    assert ax.get_xticks()[-1] == 39


def test_bands_are_explained() -> None:
    for runs, text in ((5, "mean of 5 seeds; band: ± 1 deviation"), (1, "one seed, no band")):
        ax = own_axes(None, 2, 2)
        ax.plot([1, 2], label="a")
        banded_legend(ax, "± 1 deviation", runs=runs)
        legend = ax.get_legend()
        assert legend is not None
        assert legend.get_title().get_text() == text
