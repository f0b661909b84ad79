import pandas as pd

from proxyrank.common.pictures import own_axes
from proxyrank.search.plots import plot_simulation


def test_lines_are_means_and_ticks_are_the_checkpoints() -> None:
    rows = pd.DataFrame(
        [("random", seed, trained, kt, 1.0) for seed, kt in ((0, 0.5), (1, 0.7)) for trained in (16, 32)],
        columns=["strategy", "seed", "trained", "KT", "regret"],
    )
    ax = own_axes(None, 3, 3)
    assert plot_simulation(rows, label="acc", ax=ax) is ax
    assert ax.lines[0].get_xydata().tolist() == [[16, 0.6], [32, 0.6]]
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["16", "32"]
    assert ax.get_legend().get_title().get_text().startswith("mean of 2 seeds; band: ± 1 standard deviation")
    assert plot_simulation(rows, "regret", label="acc").get_ylabel() == "distance to the best acc"
