"""A limit of time holds for whatever Python code does, and leaves alarms as they were."""

import signal
import threading
import time

import pytest

from proxyrank.common.limits import time_limit


def stubborn() -> None:
    while True:
        try:
            time.sleep(60)
        except Exception:
            continue


def spinning() -> None:
    while True:
        pass


@pytest.mark.parametrize("code", [stubborn, spinning])
def test_what_hangs_is_stopped(code) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeoutError, match=r"^it took longer than 0\.2 s$"), time_limit(0.2, "it"):
        code()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_ends_in_time_is_left_alone() -> None:
    with time_limit(60, "it"):
        value = 1
    assert value
    with pytest.raises(KeyError), time_limit(60, "it"):
        raise KeyError("own")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_each_of_two_limits_has_its_own_clock() -> None:
    with pytest.raises(TimeoutError, match="outer took"), time_limit(0.2, "outer"):
        with time_limit(60, "inner"):
            time.sleep(0.4)
        stubborn()
    with time_limit(60, "outer"):
        with pytest.raises(TimeoutError, match="inner took"), time_limit(0.2, "inner"):
            stubborn()
        assert 30 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60  # the outer one goes on


def test_no_limit_and_other_threads() -> None:
    with time_limit(None, "it"):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    done: list[bool] = []

    def work() -> None:
        with time_limit(0.001, "it"):
            time.sleep(0.05)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
