"""Kendall's tau on `smallnets` with 60 labels, by groups and model, mean of the README's five splits.

    proxyrank features --candidates candidates.csv --build spaces/smallnets/__init__.py:make --shape 3x8x8 \
        --groups zcs,vkdnw,sizes,trace --out T.parquet
    python benchmarks/own_groups.py T.parquet [--models gp,lightgbm,auto]

``candidates.csv`` is the README's; `docs/own-networks.md` quotes it.
"""

import argparse

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from proxyrank.features import FeatureTable, compute_features
from proxyrank.models.catalogue import make_model
from proxyrank.spaces.smallnets import SMALLNETS
from proxyrank.train.digits.benchmarks import BENCHMARKS

CHOICES = ("config", "config,products", "config,trace", "config,zcs", "config,vkdnw", "config,zcs,vkdnw")
SEEDS = range(1, 6)
TRAINED = 60


def tau(model: str, table: FeatureTable, groups: list[str], labels: pd.DataFrame, seed: int) -> float:
    """Kendall's tau on the networks that were not trained on."""
    order = list(labels.sample(frac=1, random_state=seed)["arch"])
    train, others = order[:TRAINED], order[TRAINED:]
    columns = [column for name in groups for column in table.sidecar.groups[name].columns]
    ends = np.cumsum([0, *(len(table.sidecar.groups[name].columns) for name in groups)])
    families = {name: list(range(ends[i], ends[i + 1])) for i, name in enumerate(groups)}
    frame, values = table.frame[columns], labels.set_index("arch")["accuracy"]
    estimator = make_model(model, {"random_state": seed})
    known = {"pool": frame.to_numpy(), "families": families}
    context = {name: known[name] for name in known if name in estimator.fit_context}
    estimator.fit(frame.loc[train].to_numpy(), values[train].to_numpy(), **context)
    return float(kendalltau(estimator.rank_score(frame.loc[others].to_numpy()), values[others])[0])


def main() -> None:
    """Print a row per choice of groups."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table")
    parser.add_argument("--models", default="gp,lightgbm")
    parser.add_argument("--groups", nargs="*", default=CHOICES)
    options = parser.parse_args()
    labels = pd.read_parquet(BENCHMARKS["smallnets"].table)
    made = FeatureTable.read(options.table)
    archs = [SMALLNETS.parse(arch) for arch in made.frame.index]
    products = compute_features(SMALLNETS, archs, "products", cache=False)
    frame = made.frame.drop(columns=products.columns, errors="ignore")
    frame = frame.join(products.frame.set_axis(frame.index))
    groups = {**made.sidecar.groups, **products.sidecar.groups}
    table = FeatureTable(frame, made.sidecar.model_copy(update={"groups": groups}))
    for model in options.models.split(","):
        for choice in options.groups:
            taus = [tau(model, table, choice.split(","), labels, seed) for seed in SEEDS]
            print(f"{model:9} {choice:28} {np.mean(taus):.4f}  {np.round(taus, 3)}", flush=True)


if __name__ == "__main__":
    main()
