import pytest

from proxyrank.common.errors import ProxyrankError, TableError, nearest, unknown


def test_an_unknown_name_gets_the_nearest_and_all() -> None:
    error = unknown("proxy", "naswto", ["snip", "naswot"])
    assert type(error) is ProxyrankError
    assert str(error) == "unknown proxy 'naswto'; nearest: naswot; known: snip, naswot"


def test_a_name_like_none_of_them_gets_no_nearest() -> None:
    error = unknown("split", "xyz", ["published", "grouped"], where="--split", error=TableError)
    assert type(error) is TableError
    assert str(error) == "--split: unknown split 'xyz'; known: published, grouped"


@pytest.mark.parametrize(("name", "expected"), [("GRAF", "graf"), ("imagenet16", "ImageNet16"), ("q", None)])
def test_the_nearest_name_whatever_the_case(name: str, expected: str | None) -> None:
    assert nearest(name, ["graf", "paths", "ImageNet16"]) == expected


def test_nothing_known() -> None:
    assert str(unknown("column", "a", [])) == "unknown column 'a'; known: none"
