"""Write the golden files: ``python tests/golden/record.py kt|columns|rankers``.

They were recorded at commit 60f1488, before the rooms of `features` and `models` were laid out anew. Record
them again only where a value is meant to change, and say so in the changelog.
"""

import hashlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from typer.testing import CliRunner

HERE = Path(__file__).parent
DATA = Path(os.environ.get("PROXYRANK_DATA", HERE.parents[2] / "shared" / "data"))

ROWS = ("vkdnw", "vkdnw,zcs", "vkdnw,zcs,graf", "graf", "paths,cell,flow", "all")
LABELS = ("cifar10", "cifar100", "ImageNet16-120")
GRAPH_GROUPS = ("graf", "paths", "cell", "flow")
RANKERS = {
    "lightgbm": ["--groups", "graf,paths", "--model", "lightgbm"],
    "gp": ["--groups", "paths,flow", "--model", "gp"],
    "ensemble": ["--groups", "vkdnw,graf,paths,flow", "--dataset", "cifar10"],
    "forest": ["--groups", "zcs,graf", "--model", "forest", "--dataset", "cifar10"],
}


def run(*words: str) -> str:
    """Output of a command; its error where it fails."""
    from proxyrank.cli.app import app

    result = CliRunner().invoke(app, list(words))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def ranking_kt(groups: str, label: str, seed: int) -> float:
    """KT of a row of the README of version 0.1: its columns, settings, trees and averages."""
    from proxyrank.evaluate import in_population, kendall_tau, load_labels, ranker_scores, without
    from proxyrank.features import GROUPS, parse_groups, shipped_tables
    from proxyrank.models import ProxyRanker, SplitCard
    from proxyrank.models.estimators import _recipes
    from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS
    from proxyrank.spaces import get_space
    from proxyrank.train.fit import FitPlan, training_part

    space, names, blended = get_space("nb201"), parse_groups(groups), groups == "all"
    labels = load_labels(str(DATA / "nb201_accuracy.csv"), space=space, label=label)
    sidecars = shipped_tables().values()
    shipped = {name for sidecar in sidecars for info in sidecar.groups.values() for name in info.columns}
    columns = [
        column
        for name in names
        for column in GROUPS[name].columns(space)
        if not GROUPS[name].needs_network or column in shipped
    ]
    plan = FitPlan(names, population="filtered", train_size=1024, seed=seed)
    train = training_part(space, labels, plan)
    dataset = "cifar10" if label == "cifar100" else label
    ranker = ProxyRanker(
        names,
        params={} if blended else SEARCHED_THRESHOLDS,
        settings={"dataset": dataset, "input": "noise", "batch_size": 8},
        random_state=seed,
        average=("graf",) if blended else (),
    )
    split = SplitCard(kind="published", train_size=1024, seed=seed, population="filtered")
    of_then = replace(_recipes.MANY, beside=False, scalings=(), draw=None, engine="gpytorch")
    with patch.object(_recipes, "MANY", of_then):
        ranker.fit(list(train.values.index), train.values, split=split, columns=columns)
    unseen = without(in_population(space, labels, "filtered"), ranker.train_archs).values
    return kendall_tau(ranker_scores(ranker, list(unseen.index))[unseen.index], unseen).value


def column_digests(archs: list[str]) -> dict[str, dict[str, str]]:
    """SHA-256 of the float64 bytes of every graph column of the cells, by group."""
    from proxyrank.features import compute_features
    from proxyrank.spaces import get_space

    found = {}
    for group in GRAPH_GROUPS:
        frame = compute_features(get_space("nb201"), archs, [group], cache=False).frame
        found[group] = {
            name: hashlib.sha256(np.ascontiguousarray(frame[name].to_numpy()).tobytes()).hexdigest()[:16]
            for name in frame
        }
    return found


def golden_cells() -> list[str]:
    """200 cells, dead operations and all."""
    from proxyrank.spaces import get_space

    return list(get_space("nb201").sample(200, seed=11))


def ranked(folder: Path) -> pd.DataFrame:
    """What a ranker says of the golden cells that have network features shipped."""
    from proxyrank.models import ProxyRanker

    return ProxyRanker.load(folder).rank(golden_cells())


def _record_kt() -> None:
    file = HERE / "kt.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for groups in ROWS:
        for label in LABELS:
            for seed in (1, 2):
                key = f"{groups} {label} {seed}"
                if key not in known:
                    known[key] = ranking_kt(groups, label, seed)
                    file.write_text(json.dumps(known, indent=1) + "\n")


def _record_columns() -> None:
    text = json.dumps(column_digests(golden_cells()), indent=1)
    (HERE / "columns.json").write_text(text + "\n")


def _record_rankers() -> None:
    rankers = HERE / "rankers"
    rankers.mkdir(exist_ok=True)
    common = ["--labels", "digits", "--population", "filtered", "--train-size", "48", "--seed", "3"]
    for name, words in RANKERS.items():
        run("train", *common, *words, "--out", str(rankers / name))
    source, labels = str(rankers / "lightgbm"), str(DATA / "nb201_accuracy.csv")
    size = ["--train-size", "24", "--seed", "1", "--out", str(rankers / "transfer")]
    run("transfer", source, "--labels", labels, "--label", "cifar100", *size)
    for name in (*RANKERS, "transfer"):
        ranked(rankers / name).to_parquet(rankers / f"{name}.parquet", index=False)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["kt"]:
            _record_kt()
        case ["columns"]:
            _record_columns()
        case ["rankers"]:
            _record_rankers()
        case _:
            sys.exit(__doc__)
