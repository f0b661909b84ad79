"""Tiny training parts, processes that share a study, and a PostgreSQL server of the tests' own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.train.study import StudyData, StudyPlan

FEW_TREES = {"n_estimators": 20}

PROCESS = """
import itertools
import sys
import time
import numpy as np
from proxyrank.common.seeds import derive_rng
from proxyrank.train.study import FOLD_METRICS, StudyData, StudyPlan, StudyStorage, run_study

rng = derive_rng("tests/train/study", 40)
X = rng.normal(size=(40, 5))
y = 60 + 8 * X[:, 0] + 3 * X[:, 1] + rng.normal(size=40)
data = StudyData(X, y, tuple("abcde"), tuple("ppqqq"), tuple(map(str, range(40))))
storage, trials, hang = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tau, folds = FOLD_METRICS["KT"], itertools.count(1)


def hanging(*args):
    if next(folds) == hang:
        time.sleep(900)
    return tau(*args)


FOLD_METRICS["KT"] = hanging
plan = StudyPlan(trials, folds=4, repeats=1, params={"n_estimators": 20})
run_study(data, plan, StudyStorage(storage, heartbeat=1, grace=3))
"""


def make_data(n: int = 40, **changes: Any) -> StudyData:
    """n rows of five columns in two groups; the first two columns explain the label."""
    rng = derive_rng("tests/train/study", n)
    X = rng.normal(size=(n, 5))
    y = 60 + 8 * X[:, 0] + 3 * X[:, 1] + rng.normal(size=n)
    fields = {"X": X, "y": y, "columns": tuple("abcde"), "groups": tuple("ppqqq")}
    return StudyData(**{**fields, "keys": tuple(map(str, range(n))), **changes})


@pytest.fixture
def data() -> StudyData:
    """Forty different networks."""
    return make_data()


@pytest.fixture
def other_data() -> Callable[..., StudyData]:
    """``other_data(n, **fields)``."""
    return make_data


@pytest.fixture
def plan() -> Callable[..., StudyPlan]:
    """``plan(trials, **fields)``: two folds of models of twenty trees."""

    def make(trials: int, **fields: Any) -> StudyPlan:
        return StudyPlan(trials, **{"folds": 2, "repeats": 1, "params": FEW_TREES, **fields})

    return make


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """``start(storage, trials, hang)``: a process that works on a study of `make_data` until the total.

    It stands still in its fold number ``hang`` (four a trial), so that what a kill meets is known.
    """
    processes: list[subprocess.Popen[str]] = []

    def run(storage: str, trials: int, hang: int = 0) -> subprocess.Popen[str]:
        args = [sys.executable, "-c", PROCESS, storage, str(trials), str(hang)]
        processes.append(subprocess.Popen(args, stderr=subprocess.PIPE, text=True))
        return processes[-1]

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _binary(name: str) -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a fresh PostgreSQL server on a socket in a temporary folder; it never runs as root."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb, postgres = _binary("initdb"), _binary("postgres")
    if not (initdb and postgres):
        pytest.skip("PostgreSQL's initdb and postgres are not installed")
    user: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # socket paths must be short
    if os.geteuid() == 0:
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = known.get("postgres") or known.get("nobody")
        if entry is None:
            pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    store = folder / "data"
    subprocess.run(
        [initdb, "-D", store, "-U", "tester", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-k", str(folder)]
    server = subprocess.Popen(
        [postgres, "-D", store, *options], cwd=folder, stderr=subprocess.DEVNULL, **user
    )
    try:
        _wait_until_ready(server, folder)
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown, whoever is connected
        server.wait(20)
        shutil.rmtree(folder)


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg

    for _ in range(100):
        assert server.poll() is None, "the PostgreSQL server ended at its start"
        try:
            psycopg.connect(host=str(folder), user="tester", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the PostgreSQL server did not answer within ten seconds")
