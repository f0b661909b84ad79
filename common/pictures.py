"""One hand for all pictures: style, figures that need no screen, files that have the same bytes again.

A function that draws takes ``ax`` (None: a figure of its own), returns its axes and is decorated with
``@drawing()``; `save_figure` writes what it returned.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxyrank.common.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of lines: those of Okabe and Ito, which the colour-blind tell apart."""
GOOD, BAD, FAINT, RULE = COLOURS[0], COLOURS[1], "0.7", "0.55"
"""Bars above and below zero, single points, and lines to compare with."""

STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.size": 9.0,
        "axes.titlesize": 10.0,
        "axes.titlelocation": "left",
        "axes.labelsize": 9.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": "0.92",
        "grid.linewidth": 0.8,
        "legend.frameon": False,
        "legend.fontsize": 8.0,
        "legend.title_fontsize": 8.0,
        "lines.linewidth": 1.5,
        "lines.markersize": 4.0,
        "image.cmap": "viridis",
        "pdf.fonttype": 42,  # TrueType: text can be searched, and publishers take it
        "ps.fonttype": 42,
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "proxyrank",
    }
)
"""Settings of matplotlib over its own defaults, whatever the user's file of settings says."""

_UNDATED: Mapping[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in `STYLE`; settings of the caller come back afterwards. Decorates functions too."""
    import matplotlib.style
    from matplotlib.rcsetup import cycler

    with matplotlib.style.context([{**STYLE, "axes.prop_cycle": cycler(color=COLOURS)}], after_reset=True):
        yield


@drawing()
def new_figure(width: float, height: float) -> "Figure":
    """Empty figure of a size in inches, drawn without any window system; what is in it keeps clear."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


@drawing()
def own_axes(ax: "Axes | None", width: float, height: float) -> "Axes":
    """The given axes, else those of a new figure of a size in inches."""
    return new_figure(width, height).add_subplot() if ax is None else ax


@drawing()
def panels(count: int, *, columns: int, width: float, height: float) -> "list[Axes]":
    """Axes of a new figure in rows of at most ``columns``; each panel has the size given in inches."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = new_figure(columns * width, rows * height)
    return [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


@drawing()
def save_figure(drawn: "Axes | Figure", path: str | Path, *, dpi: int = 150) -> None:
    """Write a figure, or that of some axes (.png, .svg or .pdf); the file appears whole or not at all.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    from matplotlib.figure import Figure

    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert figure is not None
    metadata: Any = _UNDATED.get(Path(path).suffix)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=dpi, metadata=metadata)
