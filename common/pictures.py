"""Figures that need no screen and, drawn again, have the same bytes."""

from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.common.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> "Figure":
    """Empty figure of a size in inches, drawn without any window system; what is in it keeps clear."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: "Figure", path: str | Path, *, dpi: int = 150) -> None:
    """Write a figure (.png, .svg or .pdf); the file appears whole or not at all.

    Raises
    ------
    ProxyrankError
        If the folder does not exist.
    """
    metadata = {"Software": None} if Path(path).suffix == ".png" else None  # matplotlib's version
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=dpi, metadata=metadata)
