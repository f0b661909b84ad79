"""``-v``, ``-q`` and ``--debug`` stand anywhere, and the standard logger obeys."""

import logging
from typing import Any

import pytest

from proxyrank.cli.verbosity import logging_to_stderr, taken


@pytest.mark.parametrize(
    ("words", "kept", "level"),
    [
        ("train -v --out r", "train --out r", logging.INFO),
        ("-q train", "train", logging.ERROR),
        ("train --quiet --debug", "train", logging.DEBUG),
        ("train", "train", logging.WARNING),
        ("show -- -q", "show -- -q", logging.WARNING),
    ],
)
def test_words_are_taken_out(words: str, kept: str, level: int) -> None:
    assert taken(words.split()) == (kept.split(), level)


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (logging.ERROR, "bad\n"),
        (logging.WARNING, "bad\nodd\na minute\n"),
        (logging.INFO, "bad\nodd\nmore\na minute\n"),
    ],
)
def test_what_is_shown(capsys: pytest.CaptureFixture[str], level: int, shown: str) -> None:
    log = logging.getLogger("proxyrank.somewhere")
    with logging_to_stderr(level):
        log.error("bad")
        log.warning("odd")
        log.info("more")
        logging.getLogger("proxyrank.common.progress").info("a minute")
    assert capsys.readouterr().err == shown
    assert logging.getLogger("proxyrank").level == logging.NOTSET


def test_quiet_leaves_remarks_out_and_errors_in(run: Any, labels_csv: Any, tmp_path: Any) -> None:
    words = ("train", "--labels", labels_csv, "--groups", "paths", "--no-intervals", "--out", tmp_path / "r")
    assert "label 'acc'" in run(*words).err
    assert run("-q", *words).err == ""
    assert "nowhere" in run("-q", "info", "nowhere").err
