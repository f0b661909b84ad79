"""``proxyrank.compare``: the comparison of the command line, from Python."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.common.executors import in_this_process, on_processes
from proxyrank.evaluate import Labels, load_labels, make_labels
from proxyrank.features import FeatureTable
from proxyrank.spaces import SearchSpace, get_space, parse_all
from proxyrank.train.compare.folder import make_comparison, write_comparison
from proxyrank.train.compare.plan import SEEDS, SIZES, ComparePlan, learnt_rankings
from proxyrank.train.compare.plots import plot_comparison
from proxyrank.train.digits.benchmarks import BENCHMARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def compare(
    labels: "str | Path | pd.Series | Labels",
    *,
    groups: Sequence[str] = (),
    models: Sequence[str] = (),
    scores: Sequence[str] = (),
    rankers: Sequence[str | Path] = (),
    sizes: Sequence[int] = SIZES,
    seeds: int = SEEDS,
    label: str | None = None,
    space: str | SearchSpace | None = None,
    features: FeatureTable | None = None,
    metric: str = "KT",
    reference: str | None = None,
    population: str = "all",
    split: str = "published",
    out: str | Path | None = None,
    workers: int = 1,
    ax: "Axes | None" = None,
) -> "tuple[pd.DataFrame, Axes]":
    """Compare rankings over numbers of labels and seeds; FLOPs and parameters always stand beside them.

    All rankings of a size and seed are trained on the same architectures and judged on the same others.

    Parameters
    ----------
    labels
        ``digits``, ``smallnets``, a table of labels, a series indexed by architecture, or `Labels`.
    groups, models
        Rankings to train: each text of groups (``"graf"``, ``"paths+cell"``) with each model, or its own.
    scores, rankers
        Rankings as they are: sizes, proxies, ``vkdnw_agg`` and the like; ranker folders.
    sizes, seeds
        Numbers of labels, and how many splits of each.
    label, space
        Column of the labels, and whose architectures they are; None follows the labels, else nb201.
    features
        Table in place of computed features.
    metric, reference
        What differences are taken of, and from which ranking; None takes the best at the largest size.
    population, split
        As of `FitPlan`.
    out
        Folder as the command writes it, which can be gone on with; None keeps nothing.
    workers
        Processes; a script that starts several needs ``if __name__ == "__main__"``.
    ax
        Where to draw; None makes a figure.

    Returns
    -------
    DataFrame
        As `summarise` returns it.
    Axes
        The learning curve.

    Raises
    ------
    ProxyrankError
        If labels or settings will not do.

    Examples
    --------
    >>> import proxyrank
    >>> table, ax = proxyrank.compare("smallnets", models=["lightgbm"], sizes=[30, 60], seeds=2)
    >>> table[["ranking", "size", "seeds"]].to_numpy().tolist()[:2]
    [['config', 30, 2], ['config', 60, 2]]
    """
    benchmark = BENCHMARKS.get(labels) if isinstance(labels, str) else None
    where = get_space(space or (benchmark.space if benchmark else "nb201"))
    if isinstance(labels, pd.Series):
        archs = parse_all(where, [str(arch) for arch in labels.index], lambda row: f"label {row + 1}")
        name = label or str(labels.name or "label")
        labels = make_labels(archs, labels.to_numpy(dtype="float64"), name=name)
    elif not isinstance(labels, Labels):
        named = label or (benchmark.label if benchmark else None)
        labels = load_labels(benchmark.table if benchmark else labels, space=where, label=named)
    bare = bool(scores or rankers) and not groups and not models
    plan = ComparePlan(
        learnt=() if bare else learnt_rankings(where, groups, models, features),
        scores=tuple(scores),
        sizes=tuple(sizes),
        seeds=tuple(range(seeds)),
        population=population,
        split=split,
        metric=metric,
        reference=reference,
    )
    found = make_comparison(
        where,
        labels,
        plan,
        executor=in_this_process if workers == 1 else on_processes(workers),
        out=None if out is None else Path(out),
        rankers=rankers,
        features=features,
    )
    if out is not None:
        write_comparison(found, Path(out), space=where.name)
    return found.table, plot_comparison(found.table, found.plan, label=labels.name, ax=ax)
