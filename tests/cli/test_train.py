"""``train`` and ``info``: labels in, ranker folder out, or one line that says what is wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.models.catalogue import known_models
from proxyrank.spaces import get_space


def one_line(text: str) -> str:
    """The single line of an error."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_trains_and_states_what_it_did(run, ranker: Path) -> None:
    card = run("info", ranker, "--json").json
    assert card["label"] == {"name": "acc", "direction": "max", "path": "labels.csv"}
    assert card["split"] == {"kind": "published", "train_size": 60, "seed": 1, "population": "filtered"}
    assert list(card["groups"]) == ["paths"]
    assert card["n_train"] == 60
    assert "acc" in run("info", ranker).out


def test_same_seed_same_bytes(run, labels_csv: Path, tmp_path: Path) -> None:
    for name, threads in (("a", 1), ("b", 2)):
        args = ("--labels", labels_csv, "--groups", "cell", "--seed", 3, "--out", tmp_path / name)
        assert run("train", *args, "--no-intervals", "--threads", threads).code == 0
    for file in ("model.txt", "train_archs.txt"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize(
    "extra", [("--model", "forest"), ("--objective", "lambdarank"), ("--target", "none")]
)
def test_other_models(run, labels_csv: Path, tmp_path: Path, extra: tuple[str, ...]) -> None:
    args = ("--labels", labels_csv, "--groups", "cell", "--train-size", 60, "--out", tmp_path / "r", *extra)
    assert run("train", *args).code == 0
    assert run("evaluate", tmp_path / "r", "--labels", labels_csv, "--json").json["KT"] > 0.6


def test_d1_missing_file_is_one_line_and_nothing_is_written(run, tmp_path: Path) -> None:
    result = run("train", "--labels", tmp_path / "no_such.csv", "--out", tmp_path / "r")
    assert result.code == 2
    assert "no_such.csv: no such file" in one_line(result.err)
    assert "--labels" in result.err
    assert list(tmp_path.iterdir()) == []
    result = run("train", "--labels", "digits", "--features", tmp_path / "no.csv", "--out", tmp_path / "r")
    assert "--features" in result.err.splitlines()[-1]
    assert result.code == 2


def test_d4_several_labels_are_listed(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv)
    frame.assign(cifar10_valid=frame.acc, cifar10_test=frame.acc).drop(columns="acc").to_csv(labels_csv)
    result = run("train", "--labels", labels_csv, "--out", tmp_path / "r")
    assert result.code == 2
    assert "cifar10_valid" in one_line(result.err)
    assert "cifar10_test" in result.err


def test_d10_direction_is_kept(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv)
    frame["valid_error"] = 1 - frame.pop("acc") / 100
    frame.to_csv(labels_csv, index=False)
    args = ("--labels", labels_csv, "--groups", "paths", "--train-size", 100, "--out", tmp_path / "r")
    warned = run("train", *args)
    assert "valid_error" in warned.err
    assert run("train", *args, "--label-direction", "min").code == 0
    archs = tmp_path / "archs.txt"
    archs.write_text("\n".join(frame.arch))
    best = run("rank", tmp_path / "r", "--archs", archs, "--json").json[0]
    assert best["predicted"] < frame.valid_error.quantile(0.1)
    report = run("evaluate", tmp_path / "r", "--labels", labels_csv, "--json").json
    assert report["direction"] == "min"
    assert report["KT"] > 0.6


def test_t4_missing_labels_are_dropped_and_counted(run, labels_csv: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(labels_csv, dtype={"acc": object}).head(30)
    frame.loc[[1, 2], "acc"] = ""
    frame.loc[3, "acc"] = "inf"
    frame.to_csv(labels_csv, index=False)
    result = run("train", "--labels", labels_csv, "--groups", "cell", "--out", tmp_path / "r", "--json")
    assert result.json["n_train"] == 27
    assert "3" in result.err
    strict = run("train", "--labels", labels_csv, "--groups", "cell", "--out", tmp_path / "s", "--strict")
    assert strict.code == 2
    assert not (tmp_path / "s").exists()


def test_t10_constant_label_is_refused(run, labels_csv: Path, tmp_path: Path) -> None:
    pd.read_csv(labels_csv).head(30).assign(acc=93.0).to_csv(labels_csv, index=False)
    result = run("train", "--labels", labels_csv, "--groups", "cell", "--out", tmp_path / "r")
    assert result.code == 2
    assert "label has one distinct value (93.0) over 30 rows" in result.err


def test_a7_bad_architecture_is_named_with_its_line(run, labels_csv: Path, tmp_path: Path) -> None:
    labels_csv.write_text("arch,acc\n|nor_conv_5x5~0|+|none~0|none~1|+|none~0|none~1|none~2|,93.1\n")
    result = run("train", "--labels", labels_csv, "--out", tmp_path / "r")
    assert result.code == 2
    assert "line 2" in one_line(result.err)
    assert "'nor_conv_5x5'" in result.err


def test_t7_t8_own_features_by_name(run, labels_csv: Path, tmp_path: Path) -> None:
    space = get_space("nb201")
    archs = list(pd.read_csv(labels_csv).arch)
    own = pd.DataFrame(
        {
            "arch": archs,
            "min_path_len_(skip_connect,nor_conv_3x3)": [a.count("nor_conv_3x3") for a in archs],
            "a b": [a.count("nor_conv_1x1") for a in archs],
            "a_b": [len(space.nats_key(a)) for a in archs],
        }
    )
    own.to_csv(tmp_path / "own.csv", index=False)
    args = (
        "--labels",
        labels_csv,
        "--features",
        tmp_path / "own.csv",
        "--train-size",
        60,
        "--out",
        tmp_path / "r",
    )
    assert run("train", *args).code == 0
    cells = tmp_path / "cells.txt"
    cells.write_text("\n".join(archs))
    rank = ("rank", tmp_path / "r", "--archs", cells, "--json", "--features")
    expected = run(*rank, tmp_path / "own.csv").json
    own[["a_b", "arch", "a b", own.columns[1]]].assign(extra=1.0).to_csv(
        tmp_path / "swapped.csv", index=False
    )
    swapped = run(*rank, tmp_path / "swapped.csv")
    assert swapped.json == expected
    own.drop(columns="a b").to_csv(tmp_path / "less.csv", index=False)
    less = run(*rank, tmp_path / "less.csv")
    assert less.code == 2
    assert "a b" in less.err
    bare = run("rank", tmp_path / "r", "--archs", cells)
    assert bare.code == 2
    assert "give a feature table" in bare.err


def test_kill_while_training_leaves_nothing_or_the_old_ranker(ranker: Path, labels_csv: Path) -> None:
    before = {path.name: path.read_bytes() for path in ranker.iterdir()}
    args = ["train", "--labels", str(labels_csv), "--groups", "graf", "--out", str(ranker)]
    for delay in (0.3, 1.0, 1.6):
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import sys; sys.argv[1:] = {args!r}\nfrom proxyrank.cli import main; main()",
            ]
        )
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        now = {path.name: path.read_bytes() for path in ranker.iterdir()} if ranker.exists() else {}
        if now and now != before:  # it finished before the kill: a whole, other ranker
            assert set(now) == set(before)
            assert b'"graf"' in now["ranker.json"]


def test_help_describes_every_model(run) -> None:
    shown = " ".join(run("train", "--help").out.split())
    for name, info in known_models().items():
        assert name in shown
        assert info.summary.split()[0] in shown


def test_the_input_is_stated_in_the_card(run, tmp_path: Path) -> None:
    how = ("--labels", "digits", "--groups", "vkdnw", "--train-size", 24, "--batch-size", 2)
    done = run("train", *how, "--input", "pink", "--out", tmp_path / "pink")
    assert done.code == 0, done.err
    families = json.loads((tmp_path / "pink" / "ranker.json").read_text())["groups"]["vkdnw"]["families"]
    assert [family["settings"]["input"] for family in families] == ["pink"]
    none = run("train", *how, "--input", tmp_path / "none", "--out", tmp_path / "r")
    assert none.code == 2
    assert "none" in none.err
    assert not (tmp_path / "r").exists()
