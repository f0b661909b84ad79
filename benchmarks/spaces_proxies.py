"""Whether proxies and the Fisher spectrum raise Kendall's tau beside graph features, on spaces of the field.

    python benchmarks/spaces_proxies.py ../shared/data/spaces --out proxies [--only nb101] [--count 300]

Networks drawn at random (seed 0) from each file, mobilenetv2's from the space itself, which has no labels.
They are built small, so that the answer costs minutes: images of 16 pixels (blocks in a row: 32), batch 8,
nb101 of 3 cells from 16 channels, darts of 5 cells from 8. Values are kept in the folder as they come, and
what is there is not computed again. Printed: columns, columns without a value, the best column alone; then
the ranking with 32 and 64 labels, all others judged, mean of `--seeds` splits (5), with and without
`zcs,vkdnw`, and the spread over the splits of the gain.
"""

import argparse
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from proxyrank.evaluate import load_labels
from proxyrank.features import compute_features, default_groups
from proxyrank.models import AutoRanker
from proxyrank.spaces import SearchSpace, get_space
from proxyrank.spaces.darts.skeleton import Skeleton as DARTSSkeleton
from proxyrank.spaces.nb101.skeleton import Skeleton as NB101Skeleton

PROXIES = ("zcs", "vkdnw")
LABELS = {
    "nb101": ("nasbench101_sample15000.csv", "test_acc"),
    "mbconv": ("accel_nasbench_imagenet.csv", "val_top1"),
    "darts": ("darts_swap_cifar10.csv", "val_acc"),
    "mobilenetv2": None,
}
SKELETONS = {"nb101": NB101Skeleton(16, 3, 1), "darts": DARTSSkeleton(8, 5)}
CHUNK = 20
SIZES = (32, 64)


def small(name: str) -> SearchSpace:
    """The space, with networks of few channels where it has a skeleton."""
    space = get_space(name)
    if name in SKELETONS:
        space.skeleton = SKELETONS[name]
    return space


def computed(space: SearchSpace, archs: list[str], groups: tuple[str, ...], out: Path) -> pd.DataFrame:
    """Feature columns of the groups, chunk by chunk, from the folder where they are there."""
    dataset = "3x16x16:10" if space.name in SKELETONS else "3x32x32:10"
    settings = {"dataset": dataset, "batch_size": 8, "seed": 0} if groups == PROXIES else {}
    parts = []
    for start in range(0, len(archs), CHUNK):
        file = out / f"{space.name}-{'+'.join(groups)}-{start}.parquet"
        if not file.exists():
            some = archs[start : start + CHUNK]
            compute_features(space, some, groups, settings=settings).frame.to_parquet(file)
        parts.append(pd.read_parquet(file))
    return pd.concat(parts).loc[archs]


def taus(
    frame: pd.DataFrame, labels: np.ndarray, size: int, families: dict[str, list[str]], seeds: int
) -> np.ndarray:
    """Kendall's tau of the ranking on the rows that are not trained on, of each seed."""
    found = []
    values = frame.to_numpy(dtype=np.float64)
    places = {name: [frame.columns.get_loc(column) for column in own] for name, own in families.items()}
    for seed in range(1, seeds + 1):
        order = np.random.default_rng(seed).permutation(len(labels))
        train, test = order[:size], order[size:]
        ranker = AutoRanker(random_state=seed)
        ranker.fit(values[train], labels[train], pool=values, families=places)
        found.append(kendalltau(ranker.rank_score(values[test]), labels[test]).statistic)
    return np.array(found)


def report(
    name: str, folder: Path, out: Path, tell: Callable[[str], None], *, count: int, seeds: int
) -> None:
    """Tell what the proxies of a space's networks are worth."""
    space, source = small(name), LABELS[name]
    if source is None:
        archs, truth = list(space.sample(count, seed=0)), None
    else:
        labels = load_labels(folder / source[0], space=space, label=source[1]).values
        chosen = labels.sample(min(count, len(labels)), random_state=0)
        archs, truth = list(chosen.index), chosen.to_numpy()
    proxies = computed(space, archs, PROXIES, out)
    gaps = proxies.isna().sum()
    tell(f"{name}: {len(archs)} networks, {proxies.shape[1]} columns, {int((gaps > 0).sum())} with gaps")
    for column in gaps[gaps > 0].index:
        tell(f"  {column}: {gaps[column]} without a value")
    if truth is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constant columns have no tau
        alone = {column: kendalltau(proxies[column], truth, nan_policy="omit")[0] for column in proxies}
    best = max(alone, key=lambda column: abs(np.nan_to_num(alone[column])))
    tell(f"  best column alone: {best} {alone[best]:.3f}")
    graph = computed(space, archs, tuple(default_groups(space)), out)
    networks = proxies.add_prefix("network_")
    both = graph.join(networks)
    for size in SIZES:
        without, asked, always = (
            taus(frame, truth, size, families, seeds)
            for frame, families in (
                (graph, {"nodes": list(graph)}),
                (both, {"nodes": list(graph), "zcs": list(networks)}),
                (both, {"nodes": list(both)}),
            )
        )
        tell(f"  {size} labels: graph {without.mean():.3f}")
        for what, found in (("with both where it pays", asked), ("with both always", always)):
            gain = found - without
            tell(f"    {what} {found.mean():.3f}, gain {gain.mean():+.3f} ± {gain.std(ddof=1):.3f}")


def main() -> None:
    """Print the answer for each space."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path, help="folder of the label files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default=",".join(LABELS))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name in given.only.split(","):
        tell = partial(print, flush=True)
        report(name, given.labels, given.out, tell, count=given.count, seeds=given.seeds)


if __name__ == "__main__":
    main()
