"""Who computes the columns of an objective: networks, a ranker, a user's function."""

import math
import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.network.network_groups import network_columns
from proxyrank.features.settings import FeatureSettings
from proxyrank.models import ProxyRanker
from proxyrank.search.evolution.scored import Scored
from proxyrank.spaces import SearchSpace, get_space
from proxyrank.spaces.files import FileFunction, error_line

PREDICTED = ("predicted", "low", "high")
"""Label that a ranker predicts, and the ends of its interval, where it has them."""


@dataclass(frozen=True)
class ByNetwork:
    """Columns of proxies, from untrained networks."""

    space: str | SearchSpace
    columns: tuple[str, ...]
    settings: FeatureSettings

    def __call__(self, archs: Sequence[str]) -> list[Scored]:
        """One network at a time, on one thread."""
        rows = network_columns(get_space(self.space), archs, self.columns, self.settings)
        values = rows.values.loc[list(archs)].to_numpy(dtype=np.float64).tolist()
        return [
            _scored(dict(zip(self.columns, own, strict=True)), rows.reasons, arch)
            for arch, own in zip(archs, values, strict=True)
        ]


@dataclass(frozen=True)
class ByRanker:
    """Score of a ranker folder, and what it predicts."""

    folder: str
    space: str | SearchSpace

    def __call__(self, archs: Sequence[str]) -> list[Scored]:
        """Scores, in the order of the architectures."""
        ranked = _ranker(self.folder, cast(Hashable, self.space)).rank(archs).set_index("arch")
        rows = ranked.rename(columns={"score": "ranker"}).reindex(columns=["ranker", *PREDICTED])
        values = rows.loc[list(archs)].to_numpy(dtype=np.float64).tolist()
        return [
            _scored({name: v for name, v in zip(map(str, rows), own, strict=True) if v == v}, {}, arch)
            for arch, own in zip(archs, values, strict=True)
        ]


@dataclass(frozen=True)
class ByFunction:
    """Number that a user's function gives: ``FILE.py:FUNCTION`` or ``module:function``."""

    text: str

    def __call__(self, archs: Sequence[str]) -> list[Scored]:
        """Called with one architecture after the other; what it raises is the reason of a gap."""
        function = find_function(self.text)
        return [_called(function, arch) for arch in archs]


@lru_cache(maxsize=4)
def _ranker(folder: str, space: Hashable) -> ProxyRanker:
    return ProxyRanker.load(folder, n_jobs=1, space=cast("str | SearchSpace", space))


@lru_cache(maxsize=4)
def find_function(text: str) -> Callable[[str], Any]:
    """The function of a text; the working folder is searched for modules, too.

    Raises
    ------
    ProxyrankError
        If there is none.
    """
    where = f"objective {text}"
    module, _, name = text.rpartition(":")
    if module.endswith(".py"):
        return FileFunction.of(text, "objective").function(where)
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), name, None)
    except (Exception, SystemExit) as error:  # whatever the user's module does when it is imported
        raise ProxyrankError(f"{where}: importing {module} fails: {error_line(error)}") from None
    finally:
        sys.path.remove(here)
    if not callable(found):
        raise ProxyrankError(f"{where}: {module} has no function {name!r}")
    function: Callable[[str], Any] = found
    return function


def _called(function: Callable[[str], Any], arch: str) -> Scored:
    try:
        value = float(function(arch))
    except NotApplicableError as error:
        return Scored({}, {"value": str(error)})
    except (Exception, SystemExit) as error:  # whatever a user's function does
        return Scored({}, {"value": f"failed: {error_line(error)}"})
    return _scored({"value": value}, {}, arch)


def _scored(values: dict[str, float], reasons: dict[str, dict[str, str]], arch: str) -> Scored:
    finite = {name: float(value) for name, value in values.items() if math.isfinite(value)}
    gaps = {
        name: reasons.get(name, {}).get(arch, f"not finite ({value})")
        for name, value in values.items()
        if name not in finite
    }
    return Scored(finite, gaps)
