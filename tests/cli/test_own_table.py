"""A table of one's own: any names, numbers and words; from labels to a ranking without a line of code."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.features.config import config_columns, config_frame
from proxyrank.features.settings import FeatureSettings
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.spaces.table_file import read_table_space


def family() -> pd.DataFrame:
    """72 networks of a family, with what their accuracy would be."""
    rows = [
        {"arch": f"net-{i}", "depth": d, "width": w, "drop": p, "act": a}
        for i, (d, w, p, a) in enumerate(
            itertools.product((2, 3, 4), (16, 24, 32, 48), (0.0, 0.25), ("relu", "tanh", "gelu"))
        )
    ]
    frame = pd.DataFrame(rows)
    better = frame["act"].map({"relu": 2.0, "tanh": 0.0, "gelu": 3.0})
    frame["acc"] = 50 + 4 * frame["depth"] + 0.3 * frame["width"] - 5 * frame["drop"] + better
    return frame


@pytest.fixture
def candidates(tmp_path: Path) -> Path:
    path = tmp_path / "candidates.csv"
    family().drop(columns="acc").to_csv(path, index=False)
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    path = tmp_path / "trained.csv"
    family()[["arch", "acc"]].sample(40, random_state=0).to_csv(path, index=False)
    return path


@pytest.fixture
def own_ranker(run, candidates: Path, trained: Path, tmp_path: Path) -> Path:
    out = tmp_path / "R"
    args = ("--labels", trained, "--features", candidates, "--label", "acc", "--model", "lightgbm")
    done = run("train", *args, "--out", out)
    assert done.code == 0, done.err
    return out


def test_columns_are_those_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text(
        "arch,depth,bias,act,norm\n"
        "a,3,true,relu,none\n"
        "b,4.5,false,tanh,batch\n"
        "c,,True,relu,\n"
    )  # fmt: skip
    space, notes = read_table_space(path)
    assert notes == []
    assert config_columns(space) == [
        "config_depth", "config_bias", "config_act=relu", "config_act=tanh", "config_norm=batch",
        "config_norm=none",
    ]  # fmt: skip
    rows = config_frame(space, ["a", "b", "c"], FeatureSettings())
    nan = np.nan
    by_hand = [[3, 1, 1, 0, 0, 1], [4.5, 0, 0, 1, 1, 0], [nan, 1, 1, 0, nan, nan]]
    np.testing.assert_array_equal(rows.values.to_numpy(), by_hand)
    assert rows.reasons["config_depth"] == {"c": "no value"}
    assert rows.reasons["config_norm=none"] == {"c": "no value"}


def test_ranks_what_is_not_trained(run, own_ranker: Path, candidates: Path, trained: Path) -> None:
    done = run("rank", own_ranker, "--features", candidates, "--unseen", "--json")
    assert done.code == 0, done.err
    ranked = pd.DataFrame(done.json).set_index("arch")
    seen = set(pd.read_csv(trained)["arch"])
    assert set(ranked.index) == set(family()["arch"]) - seen
    truth = family().set_index("arch")["acc"]
    assert ranked["score"].corr(truth[ranked.index], method="kendall") > 0.6
    card = run("info", own_ranker, "--json").json  # no table is needed to open the folder
    assert card["space"] == "table"
    assert card["hyperparameters"] == {
        "key": "arch", "options": {"depth": [], "width": [], "drop": [], "act": ["gelu", "relu", "tanh"]},
    }  # fmt: skip
    assert list(card["groups"]) == ["config"]


def test_next_step_works_as_printed(run, own_ranker: Path, candidates: Path, trained: Path) -> None:
    out = own_ranker.parent / "again"
    args = ("--labels", trained, "--features", candidates, "--label", "acc", "--no-intervals", "--out", out)
    line = run("train", *args).out.splitlines()[-1]
    words = line.removeprefix("next: proxyrank ").split()
    assert words == ["rank", str(out), "--features", str(candidates), "--unseen", "--top", "10"]
    assert run(*words).code == 0


def test_other_commands(run, own_ranker: Path, candidates: Path, trained: Path, tmp_path: Path) -> None:
    every = tmp_path / "every.csv"
    family()[["arch", "acc"]].to_csv(every, index=False)
    report = run("evaluate", own_ranker, "--labels", every, "--features", candidates, "--json")
    assert report.code == 0, report.err
    assert (report.json["trained"], report.json["n"]) == (40, 32)
    for arch in ((), ("--arch", "net-7")):
        done = run("explain", own_ranker, "--features", candidates, *arch, "--json")
        assert done.code == 0, done.err
        assert {row["feature"] for row in done.json["features"]} >= {"config_depth", "config_act=gelu"}
    common = ("--labels", trained, "--features", candidates, "--label", "acc")
    done = run("study", *common, "--trials", 2, "--out", tmp_path / "S")
    assert done.code == 0, done.err
    done = run("train", *common, "--study", tmp_path / "S", "--out", tmp_path / "R2")
    assert done.code == 0, done.err
    for option in ("--candidates", "--archs"):
        state = tmp_path / f"state{option}.json"
        done = run("suggest", option, candidates, "--state", state, "--batch", 5, "--json")
        assert done.code == 0, done.err
        assert len(set(done.json["archs"])) == 5
        assert set(done.json["archs"]) <= set(family()["arch"])
    done = run(
        "simulate", "--labels", every, "--features", candidates, "--label", "acc", "--budget", 16,
        "--seeds", 1, "--strategy", "random", "--model", "lightgbm", "--workers", 1,
        "--out", tmp_path / "sim",
    )  # fmt: skip
    assert done.code == 0, done.err
    done = run(
        "transfer", own_ranker, "--labels", every, "--features", candidates, "--train-size", 12,
        "--out", tmp_path / "T",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert run("rank", tmp_path / "T", "--features", candidates, "--unseen").code == 0


def test_rows_are_names_without_a_column_of_names(run, tmp_path: Path) -> None:
    frame = family().drop(columns="arch")
    frame.drop(columns="acc").to_parquet(tmp_path / "candidates.parquet")
    backwards = frame[list(reversed(frame.columns))]
    backwards.sample(40, random_state=0).to_csv(tmp_path / "trained.csv", index=False)
    args = ("--labels", tmp_path / "trained.csv", "--features", tmp_path / "candidates.parquet")
    done = run("train", *args, "--label", "acc", "--out", tmp_path / "R")
    assert done.code == 0, done.err
    done = run("rank", tmp_path / "R", "--features", tmp_path / "candidates.parquet", "--unseen", "--json")
    assert len(done.json) == 32
    assert done.json[0]["arch"].startswith("depth=4,width=")


def test_another_column_of_names(run, tmp_path: Path) -> None:
    family().rename(columns={"arch": "run"}).to_csv(tmp_path / "all.csv")  # with the index of pandas
    args = ("--labels", tmp_path / "all.csv", "--features", tmp_path / "all.csv", "--label", "acc")
    done = run("train", *args, "--id", "run", "--train-size", 40, "--out", tmp_path / "R")
    assert done.code == 0, done.err
    assert "column '' holds row numbers, left out" in done.err
    assert "column 'acc' is the label, left out" in done.err
    card = json.loads((tmp_path / "R" / "ranker.json").read_text())
    assert card["hyperparameters"]["key"] == "run"
    assert not [name for name in card["feature_names"] if "acc" in name or "run" in name]
    assert "net-" in (tmp_path / "R" / "train_archs.txt").read_text()


def test_unknown_category_is_said_once(run, own_ranker: Path, tmp_path: Path) -> None:
    new = pd.DataFrame(
        {"arch": ["x", "y"], "act": ["silu", "relu"], "drop": 0.1, "width": 20, "depth": 3, "note": "-"}
    )
    new.to_csv(tmp_path / "new.csv", index=False)
    done = run("rank", own_ranker, "--features", tmp_path / "new.csv", "--unseen", "--json")
    assert done.code == 0, done.err
    assert len(done.json) == 2
    said = [line for line in done.err.splitlines() if "silu" in line]
    assert said == [f"{tmp_path / 'new.csv'}: 1 rows have no value of act: silu not among gelu, relu, tanh"]
    space, _ = read_table_space(tmp_path / "new.csv", like=ProxyRanker.load(own_ranker).card.hyperparameters)
    rows = config_frame(space, ["x"], FeatureSettings())
    assert rows.reasons["config_act=relu"] == {"x": "unknown act 'silu'"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arch,depth\na,3\nb,4\n", "no column 'width', which the ranker was trained on"),
        ("arch,depth,width,drop,act\na,3,16,0,relu\nb,wide,16,0,relu\n", "line 3: column 'depth' must hold"),
        (
            "arch,depth,width,drop,act\na,3,16,0,relu\na,4,16,0,relu\n",
            "line 3: a has other values than before",
        ),
    ],
)
def test_bad_tables_are_refused(run, own_ranker: Path, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.csv").write_text(text)
    done = run("rank", own_ranker, "--features", tmp_path / "bad.csv", "--unseen")
    assert done.code == 2
    assert message in done.err


def test_without_the_table_one_line_says_so(run, own_ranker: Path, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("net-1\n")
    done = run("rank", own_ranker, "--archs", tmp_path / "names.txt")
    assert done.code == 2
    assert "--features" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_own_columns_join_the_groups_of_the_product(run, labels_csv: Path, tmp_path: Path) -> None:
    archs = get_space("nb201").sample(200, seed=4, population="filtered")
    own = tmp_path / "own.csv"
    pd.DataFrame({"arch": archs, "latency": [len(arch) % 7 for arch in archs]}).to_csv(own, index=False)
    common = ("--labels", labels_csv, "--features", own, "--groups", "paths,flow")
    done = run("train", *common, "--model", "lightgbm", "--out", tmp_path / "R")
    assert done.code == 0, done.err
    card = run("info", tmp_path / "R", "--json").json
    assert list(card["groups"]) == ["paths", "flow", "user"]
    assert card["groups"]["user"]["source"] == "own.csv"
    assert {"latency"} < set(card["feature_names"])
    done = run("rank", tmp_path / "R", "--archs", own, "--features", own, "--json")
    assert done.code == 0, done.err
    assert len(done.json) == 200
    done = run("study", *common, "--trials", 1, "--out", tmp_path / "S")
    assert done.code == 0, done.err


def test_names_of_the_space_stay_with_the_space(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv).assign(latency=1.0)
    frame.loc[5, "arch"] = "no cell"
    frame[["arch", "latency"]].to_csv(tmp_path / "own.csv", index=False)
    done = run("train", "--labels", labels_csv, "--features", tmp_path / "own.csv", "--out", tmp_path / "R")
    assert done.code == 2
    assert "line 7" in done.err
    assert not (tmp_path / "R").exists()


def test_what_the_table_lacks_is_said_once(run, trained: Path, tmp_path: Path) -> None:
    family().drop(columns="acc").assign(empty="").to_csv(tmp_path / "wide.csv", index=False)
    args = ("--labels", trained, "--features", tmp_path / "wide.csv", "--label", "acc", "--no-intervals")
    done = run("train", *args, "--out", tmp_path / "R")
    assert done.code == 0, done.err
    assert done.err.count("column 'empty' is blank in every row, left out") == 1
