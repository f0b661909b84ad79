"""Write the golden files: ``python tests/golden/record.py kt|columns|rankers``.

They were recorded at commit 60f1488, before the rooms of `features` and `models` were laid out anew. Record
them again only where a value is meant to change, and say so in the changelog. Defaults that have changed
since are asked for by name.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

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


def ranking_kt(groups: str, label: str, seed: int, folder: Path) -> float:
    """KT of a ranking as it was recorded: with the trees and the averages that were the defaults then."""
    from proxyrank.evaluate import load_labels
    from proxyrank.features import parse_groups
    from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS
    from proxyrank.spaces import get_space
    from proxyrank.train.fit import FitPlan, fit_ranker

    labels, space = str(DATA / "nb201_accuracy.csv"), get_space("nb201")
    plan = FitPlan(
        parse_groups(groups),
        params={} if groups == "all" else SEARCHED_THRESHOLDS,
        average=("graf",) if groups == "all" else (),
        population="filtered",
        train_size=1024,
        seed=seed,
        dataset="cifar10" if label == "cifar100" else label,
    )
    out = folder / f"{groups}-{label}-{seed}"
    fit_ranker(space, load_labels(labels, space=space, label=label), plan).save(out)
    found = json.loads(run("evaluate", str(out), "--labels", labels, "--json"))
    return float(found["KT"])


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


def _record_kt(folder: Path) -> None:
    file = HERE / "kt.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for groups in ROWS:
        for label in LABELS:
            for seed in (1, 2):
                key = f"{groups} {label} {seed}"
                if key not in known:
                    known[key] = ranking_kt(groups, label, seed, folder)
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
    import tempfile

    match sys.argv[1:]:
        case ["kt"]:
            with tempfile.TemporaryDirectory() as temporary:
                _record_kt(Path(temporary))
        case ["columns"]:
            _record_columns()
        case ["rankers"]:
            _record_rankers()
        case _:
            sys.exit(__doc__)
