"""``study`` and ``train --study``: run, continue, refuse, look at, interrupt, use."""

import json
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def study_args(labels_csv: Path, tmp_path: Path) -> tuple[object, ...]:
    """A study of 40 cells on a few own columns, two folds."""
    frame = pd.read_csv(labels_csv)
    own = pd.DataFrame(
        {
            "arch": frame.arch,
            "threes": [a.count("nor_conv_3x3") for a in frame.arch],
            "ones": [a.count("nor_conv_1x1") for a in frame.arch],
            "pools": [a.count("avg_pool_3x3") for a in frame.arch],
        }
    )
    own.to_csv(tmp_path / "own.csv", index=False)
    return (
        "study", "--labels", labels_csv, "--features", tmp_path / "own.csv", "--train-size", 40, "--seed", 1,
        "--folds", 2, "--repeats", 1, "--out", tmp_path / "study",
    )  # fmt: skip


def test_p1_run_finish_and_run_again(run, study_args, tmp_path: Path) -> None:
    first = run(*study_args, "--trials", 3, "--json")
    assert first.json["trials"] == first.json["new"] == 3
    second = run(*study_args, "--trials", 5, "--json")
    assert (second.json["trials"], second.json["new"]) == (5, 2)
    third = run(*study_args, "--trials", 5)
    assert third.code == 0
    assert "the study has 5 finished trials, 5 were asked for: nothing to do" in third.err
    assert "new       0" in third.out
    names = {path.name for path in (tmp_path / "study").iterdir()}
    assert {"study.db", "best.json", "trials.csv", "history.png", "slices.png"} <= names
    best = json.loads((tmp_path / "study" / "best.json").read_text())
    assert best["values"]["KT"] >= best["defaults"]["KT"]


def test_the_result_is_used_by_train(run, study_args, labels_csv: Path, tmp_path: Path) -> None:
    args = ("--labels", labels_csv, "--train-size", 40, "--study", tmp_path / "s")
    assert "no best.json there" in run("train", *args, "--out", tmp_path / "r").err
    groups = ("study", *study_args[1:3], *study_args[5:-1], tmp_path / "s", "--groups", "cell,paths")
    assert run(*groups, "--trials", 4).code == 0
    result = run("train", *args, "--seed", 1, "--out", tmp_path / "r")
    assert result.code == 0, result.err
    assert "tuned on other" not in result.err
    best = json.loads((tmp_path / "s" / "best.json").read_text())
    card = json.loads((tmp_path / "r" / "ranker.json").read_text())
    if best["committee"]:
        assert card["model"] == "committee"
        assert card["params"]["members"] == best["committee"]
        assert best["together"]["KT"] > best["values"]["KT"]
    one = run("train", *args, "--seed", 1, "--model", "lightgbm", "--out", tmp_path / "one")
    assert one.code == 0, one.err
    card = json.loads((tmp_path / "one" / "ranker.json").read_text())
    assert {name: card["params"][name] for name in best["params"]} == best["params"]
    made, trained = card["commands"]
    assert made == shlex.join(
        [
            "proxyrank",
            *map(str, groups[:-4]),
            "--groups",
            "cell,paths",
            "--trials",
            "4",
            "--out",
            str(tmp_path / "s"),
        ]
    )
    assert trained == shlex.join(
        ["proxyrank", "train", *map(str, args), "--seed", "1", "--model", "lightgbm"]
    )
    assert "tuned on other" in run("train", *args, "--seed", 2, "--out", tmp_path / "r").err
    both = run("train", *args, "--groups", "cell", "--out", tmp_path / "r")
    assert both.code == 2
    assert "--study brings its own groups" in both.err


def test_p4_a_changed_label_is_refused(run, study_args, labels_csv: Path, tmp_path: Path) -> None:
    assert run(*study_args, "--trials", 2).code == 0
    before = (tmp_path / "study" / "trials.csv").read_bytes()
    frame = pd.read_csv(labels_csv)
    for row in (0, 60):  # in the training part or not
        changed = frame.copy()
        changed.loc[row, "acc"] += 0.5
        changed.to_csv(labels_csv, index=False)
        result = run(*study_args, "--trials", 4)
        assert result.code == 2
        assert "label table" in result.err.splitlines()[-1]
    assert (tmp_path / "study" / "trials.csv").read_bytes() == before


def test_several_metrics_show_the_front(run, study_args, tmp_path: Path) -> None:
    result = run(*study_args, "--trials", 4, "--metrics", "KT,nDCG", "--json")
    assert set(result.json["values"]) == {"KT", "nDCG"}
    assert result.json["front"]
    assert (tmp_path / "study" / "pareto.png").exists()
    assert run(*study_args, "--trials", 4, "--metrics", "KT,nDCG").code == 0


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (("--metrics", "tau"), "unknown metric 'tau'; known: KT, SPR, nDCG"),
        (("--groups", "cells"), "unknown feature group 'cells'"),
        (("--train-size", "4000"), "cannot train on 4000 architectures"),
        (("--storage", "nowhere/s.db"), "does not exist"),
        (("--folds", "39", "--trials", "1"), "undefined"),
    ],
)
def test_bad_requests_are_one_line(
    run, study_args, tmp_path: Path, extra: tuple[str, ...], message: str
) -> None:
    given = dict(zip(study_args[1::2], study_args[2::2], strict=True))
    given |= dict(zip(extra[::2], extra[1::2], strict=True))
    result = run("study", *(word for pair in given.items() for word in pair))
    assert result.code == 2
    assert message in result.err.splitlines()[-1]
    assert not (tmp_path / "study" / "best.json").exists()


def test_p8_several_workers_warn_that_a_seed_does_not_repeat(run, study_args) -> None:
    result = run(*study_args, "--trials", 6, "--workers", 2, "--json")
    assert result.code == 0, result.err
    assert "--workers 2: trials depend on timing, a seed does not repeat such a study" in result.err
    assert result.json["trials"] == 6


def test_interrupt_is_clean_and_goes_on(run, study_args) -> None:
    args = [*map(str, study_args), "--trials", "400"]
    code = f"import sys; sys.argv[1:] = {args!r}\nfrom proxyrank.cli import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    database = Path(str(study_args[-1])) / "study.db"
    deadline = time.monotonic() + 60
    while not (database.exists() and _finished(database)):
        assert time.monotonic() < deadline, "no trial was finished within a minute"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "interrupted: what was finished is kept" in errors
    assert "Traceback" not in errors
    result = run(*study_args, "--trials", "1", "--json")
    assert result.code == 0, result.err
    assert result.json["new"] == 0
    assert result.json["trials"] >= 1


def _finished(database: Path) -> int:
    """Finished trials, read past the package; none while the tables are being made."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            (count,) = connection.execute(
                "SELECT count(*) FROM trials WHERE state IN ('COMPLETE', 'PRUNED')"
            ).fetchone()
        except sqlite3.OperationalError:
            return 0
    return int(count)


def test_the_dashboard_opens_the_study(run, study_args, tmp_path: Path) -> None:
    executable = shutil.which("optuna-dashboard", path=str(Path(sys.executable).parent))
    if executable is None:
        pytest.skip("optuna-dashboard is not installed")
    assert run(*study_args, "--trials", 2).code == 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{tmp_path / 'study' / 'study.db'}"
    command = [executable, url, "--port", str(port), "--host", "127.0.0.1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert server.poll() is None
            assert time.monotonic() < deadline, "the dashboard did not answer within a minute"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/studies", timeout=10) as answer:
                    studies = json.load(answer)
                break
            except OSError:
                time.sleep(0.2)
        assert [study["study_name"] for study in studies["study_summaries"]] == ["proxyrank"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/dashboard/", timeout=10) as answer:
            assert b"Optuna" in answer.read()
    finally:
        server.terminate()
        server.wait(20)
