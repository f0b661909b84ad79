import re
from pathlib import Path

import matplotlib
import pytest

from proxyrank.common.pictures import COLOURS, drawing, new_figure, own_axes, panels, save_figure


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_pictures_are_what_their_name_says_and_have_the_same_bytes_again(tmp_path: Path, suffix: str) -> None:
    for name in "ab":
        figure = new_figure(2, 1)
        figure.add_subplot(title="Kendall").plot([1, 2])
        save_figure(figure, tmp_path / f"{name}{suffix}", dpi=50)
    start = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}[suffix]
    assert (tmp_path / f"a{suffix}").read_bytes().startswith(start)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_text_stays_text(tmp_path: Path) -> None:
    ax = own_axes(None, 2, 1)
    ax.set_title("Kendall's tau")
    save_figure(ax, tmp_path / "a.svg")
    save_figure(ax, tmp_path / "a.pdf")
    assert re.search(r"<text[^>]*>Kendall's tau</text>", (tmp_path / "a.svg").read_text())
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert b"/CIDFontType2" in pdf  # TrueType
    assert b"/Type3" not in pdf


def test_style_is_ours_whatever_the_caller_set_and_the_callers_afterwards() -> None:
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 30.0}):
        with drawing():
            assert matplotlib.rcParams["axes.facecolor"] == "white"
            (line,) = own_axes(None, 2, 1).plot([1, 2])
        assert matplotlib.rcParams["font.size"] == 30.0
    assert line.get_color() == COLOURS[0]


def test_panels_stand_in_rows() -> None:
    axes = panels(5, columns=3, width=2, height=1)
    assert len(axes) == 5
    assert tuple(axes[0].figure.get_size_inches()) == (6, 2)
