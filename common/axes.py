"""Axes of ranks and of counts, and what a band is: said the same way in every picture."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from proxyrank.common.pictures import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_TICKS = 9


def rank_ticks(n: int) -> list[int]:
    """Ticks of an axis of ranks 1 to n: 1, then round numbers."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(0, n)
    return [1, *(int(tick) for tick in found if 1 < tick <= n)]


def rank_axes(ax: "Axes", n: int) -> None:
    """Both axes are ranks 1 to n, the best at the top right."""
    margin = 0.02 * n + 0.5
    for axis, limits in ((ax.xaxis, ax.set_xlim), (ax.yaxis, ax.set_ylim)):
        limits(n + margin, 1 - margin)
        axis.set_ticks(rank_ticks(n))
    ax.set_aspect("equal")


@drawing()
def count_axis(ax: "Axes", counts: Iterable[int]) -> None:
    """The x axis holds counts, doubling at equal steps, written as plain numbers."""
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    ticks = sorted(set(counts))
    while len(ticks) > MOST_TICKS:
        ticks = ticks[::-2][::-1]  # the largest stays
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


@drawing()
def banded_legend(ax: "Axes", what: str, *, runs: int) -> None:
    """Legend of lines that are means, with what their bands are; bands of one run are none."""
    title = f"mean of {runs} seeds; band: {what}" if runs > 1 else "one seed, no band"
    ax.legend(title=title, alignment="left")
