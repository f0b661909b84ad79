import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, check_direction, in_percent


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 100, True), (40, 1.6, True), (0, 1.5, False), (-0.1, 50, False), (0, 100.1, False)],
)
def test_what_looks_like_percent(low: float, high: float, expected: bool) -> None:
    assert in_percent(low, high) is expected


def test_directions() -> None:
    for direction in SIGNS:
        check_direction(direction)
    with pytest.raises(ProxyrankError, match="unknown direction 'up'; known: max, min"):
        check_direction("up")
