"""Figure 4: how the components follow the size of the network."""

from pathlib import Path

from proxyrank.common.pictures import panels, save_figure
from proxyrank.evaluate import kendall_tau
from proxyrank.paper.bench import Bench
from proxyrank.paper.pictures import plot_by_size
from proxyrank.paper.result import Cell, Result

NAME = "fig4"
TITLE = "Kendall's tau of components with the size of the network"
COMPONENTS = (
    "vkdnw_entropy",
    "vkdnw_fisher_entropy",
    "expressivity",
    "progressivity",
    "trainability",
    "flops",
)
SIZES = {"vkdnw_dim": "tensors", "params": "parameters"}


def make(bench: Bench, out: Path) -> Result:
    """Correlations with both sizes, and boxplots by the number of tensors."""
    result = Result(NAME, TITLE)
    for dataset in bench.labels:
        archs = bench.covered(dataset, "filtered", ("vkdnw", "vkdnw_extra", "zcs"))
        if not archs:
            result.notes.append(f"{dataset}: no feature table")
            continue
        frame = bench.features(dataset, archs)
        result.notes.append(f"{dataset}: {bench.makings(dataset, archs)}")
        for size, text in SIZES.items():
            for component in COMPONENTS:
                both = frame[[component, size]].dropna()
                tau = kendall_tau(both[component].to_numpy(), both[size].to_numpy()).value
                result.cells.append(Cell(component, dataset, f"KT with {text}", tau, n=len(both)))
        picture = f"{NAME}-{dataset}.png"
        axes = panels(len(COMPONENTS) - 1, columns=5, width=3.2, height=3.2)
        for column, ax in zip(COMPONENTS, axes, strict=False):
            plot_by_size(frame, column, ax=ax)
        save_figure(axes[0], out / picture, dpi=110)
        result.pictures.append(picture)
    return result
