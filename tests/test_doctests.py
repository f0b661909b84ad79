"""Every name of the front door shows by an example how it is used, and the examples are right."""

import doctest
import inspect
import subprocess
import sys
from collections.abc import Iterator

import pytest

import proxyrank
from proxyrank.features import GROUPS
from proxyrank.models import MODELS

NAMES = [name for name in proxyrank.__all__ if name not in ("__version__", "ProxyrankError")]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(autouse=True)
def _registries_as_they_were() -> Iterator[None]:
    """What an example registers is gone after it."""
    from proxyrank.spaces import lookup

    known = [(one, dict(one)) for one in (GROUPS, MODELS, lookup._FACTORIES)]
    yield
    for one, before in known:
        one.clear()
        one.update(before)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_right(name: str) -> None:
    if name in ("score_network", "vkdnw_features"):
        pytest.importorskip("torch")
    thing = getattr(proxyrank, name)
    module = sys.modules[thing.__module__]
    tests = [test for test in doctest.DocTestFinder(recurse=False).find(thing, name, module) if test.examples]
    assert tests, f"{name} has no example"
    for test in tests:
        test.globs = {}
        failures: list[str] = []
        doctest.DocTestRunner(optionflags=FLAGS).run(test, out=failures.append)
        assert not failures, "".join(failures)


def test_the_front_door_is_a_page_and_opens_at_once() -> None:
    assert dir(proxyrank) == sorted(proxyrank.__all__)
    assert 12 <= len(proxyrank.__all__) <= 18
    assert all(inspect.getdoc(getattr(proxyrank, name)) for name in NAMES)
    with pytest.raises(AttributeError, match="nonsense"):
        proxyrank.nonsense  # noqa: B018
    heavy = ("torch", "lightgbm", "pandas", "sklearn", "scipy", "numpy")
    code = f"import sys, proxyrank; dir(proxyrank); print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
