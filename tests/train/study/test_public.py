"""Studies are built on what Optuna documents: a later version may change the rest without a word."""

import re
from pathlib import Path

import proxyrank.train.study

MODULES = sorted(Path(proxyrank.train.study.__file__).parent.glob("*.py"))
PRIVATE = re.compile(
    r"optuna(\.\w+)*\._|(?<!proxyrank\.train\.)\b(study|trial|storage|sampler|pruner)\._(?!_)"
)
"""Names of Optuna with an underscore; modules of this package's own studies may have one."""


def test_nothing_private_of_optuna_is_used() -> None:
    assert PRIVATE.search("from optuna.storages._heartbeat import BaseHeartbeat")
    assert PRIVATE.search("trial._trial_id")
    assert PRIVATE.search("study._storage")
    assert not PRIVATE.search("from proxyrank.train.study._journal import mend_journal")
    for path in MODULES:
        found = [line for line in path.read_text(encoding="utf-8").splitlines() if PRIVATE.search(line)]
        assert not [line for line in found if "self._" not in line], path.name
