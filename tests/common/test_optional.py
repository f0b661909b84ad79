import pytest

from proxyrank.common.errors import MissingDependencyError
from proxyrank.common.optional import optional


def test_what_is_there_is_imported() -> None:
    assert optional("json", "this", install="nothing").loads("1") == 1


def test_what_is_missing_is_named_with_its_extra() -> None:
    with pytest.raises(MissingDependencyError) as caught:
        optional("absent_package.part", "reading X", install="proxyrank[x]")
    expected = "reading X needs absent_package, which is not installed: pip install proxyrank[x]"
    assert str(caught.value) == expected
