"""The pictures of the documentation, from what ships: python docs/_build/pictures.py."""

from pathlib import Path

import pandas as pd
import torch
from proxyrank import ProxyRanker, digits_table, get_space
from proxyrank.common.pictures import COLOURS, FAINT, drawing, new_figure, save_figure
from proxyrank.features.network.batch import noise_batch
from proxyrank.features.network.weights import initialise
from proxyrank.features.spectrum.eigenvalues import decile_entropy, deciles, eigenvalues
from proxyrank.features.spectrum.jacobian import fisher_jacobian
from proxyrank.features.spectrum.matrix import fisher_matrix
from proxyrank.spaces import DataShape
from scipy.stats import kendalltau

FOLDER = Path(__file__).resolve().parents[1] / "pictures"
CELLS = {
    "convolutions": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "pooling": "|avg_pool_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|avg_pool_3x3~2|",
    "skips": "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
}


@drawing()
def unseen() -> None:
    """Predicted against measured accuracy of the cells that the ranker did not see."""
    known = pd.read_parquet(digits_table()).set_index("arch")["digits"].sort_index()
    trained = known.sample(256, random_state=1)
    ranker = ProxyRanker(groups="paths,cell,flow").fit(list(trained.index), trained)
    others = known.drop(trained.index)
    predicted = ranker.rank(list(others.index)).set_index("arch")["predicted"].reindex(others.index)
    axes = new_figure(6.0, 4.0).add_subplot()
    axes.scatter(predicted, others, s=5, color=COLOURS[0], alpha=0.35, linewidths=0)
    axes.axline((70, 70), slope=1, color=FAINT, linewidth=1)
    tau = kendalltau(predicted, others).statistic
    axes.set(xlabel="predicted accuracy, %", ylabel="accuracy after training, %")
    axes.set_title(f"{len(others):,} unseen networks, 256 trained: KT {tau:.2f}")
    save_figure(axes, FOLDER / "unseen.png")


@drawing()
def spectra() -> None:
    """Eigenvalues of three cells in both forms."""
    space, shape = get_space("nb201"), DataShape()
    batch = noise_batch(shape, 8, seed=0)
    figure = new_figure(7.5, 3.2)
    for place, form in enumerate(("published", "fisher"), start=1):
        axes = figure.add_subplot(1, 2, place)
        for (name, cell), colour in zip(CELLS.items(), COLOURS, strict=False):
            network = space.network(cell, shape)
            initialise(network, seed=0)
            jacobian, logits = fisher_jacobian(network.eval(), batch.x)
            values = eigenvalues(fisher_matrix(jacobian, logits, form))
            drawn = sorted((v for v in values if v > 0), reverse=True)
            axes.semilogy(range(1, len(drawn) + 1), drawn, color=colour, label=f"{name}, H {decile_entropy(deciles(values)):.2f}")
        axes.set(xlabel="eigenvalue, largest first", title=form)
        axes.legend()
    figure.axes[0].set_ylabel("size")
    save_figure(figure.axes[0], FOLDER / "spectra.png")


if __name__ == "__main__":
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    unseen()
    spectra()
