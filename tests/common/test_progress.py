"""Rates are those of this run; without a terminal the logger is told."""

import logging
import time

import pytest

from proxyrank.common import progress
from proxyrank.common.pace import Pace
from proxyrank.common.progress import track


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("finished", "seconds", "rate", "left"),
    [(30, 10.0, "3.0/s", "0:00:20"), (1, 30.0, "2.0/min", "0:44:30"), (1, 1800.0, "2.0/h", "44:30:00")],
)
def test_rate_and_time_left_leave_earlier_runs_out(
    finished: int, seconds: float, rate: str, left: str
) -> None:
    clock = Clock()
    pace = Pace(total=190, done=100, clock=clock)
    assert (pace.rate(), pace.left()) == ("", "")  # nothing is known before the first
    pace.add(finished)
    clock.now = seconds
    assert (pace.rate(), pace.left()) == (rate, left)


def test_one_line() -> None:
    clock = Clock()
    pace = Pace(1200, clock=clock)
    assert pace.line("comparing") == "comparing: 0 of 1,200"
    pace.add(600)
    clock.now = 300.0
    assert pace.line("comparing") == "comparing: 600 of 1,200, 2.0/s, 0:05:00 left"


def test_lines_come_where_there_is_no_terminal_also_while_nothing_ends(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.02)
    monkeypatch.setattr(progress, "_quiet", False)
    with caplog.at_level(logging.INFO, logger="proxyrank"):
        for item in track(range(2), total=2, what="fitting"):
            time.sleep(0.2 * (item + 1))
    assert "fitting: 0 of 2" in caplog.messages
    assert any(text.startswith("fitting: 1 of 2, ") and text.endswith(" left") for text in caplog.messages)


def test_a_bar_inside_another_shows_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.02)
    with caplog.at_level(logging.INFO, logger="proxyrank"):
        for _ in track(range(1), total=1, what="outer"):
            for _ in track(range(1), total=1, what="inner"):
                time.sleep(0.1)
    assert not [text for text in caplog.messages if "inner" in text]
