"""What a search maximises, by name: proxies, their published combinations, rankers, functions.

Every objective is a rule over columns of values: each key is ranked among all architectures seen, and the
score is the sum of log(rank / n) over the keys (VKDNW, CVPR 2025, equation 12) or of ranks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.proxies.registry import PROXIES, READINGS
from proxyrank.features.settings import FeatureSettings
from proxyrank.search.evolution.evaluators import PREDICTED, ByFunction, ByNetwork, ByRanker, find_function
from proxyrank.search.evolution.measures import Measures
from proxyrank.search.evolution.scored import Evaluate
from proxyrank.spaces import SearchSpace, source_of

Key = tuple[tuple[str, int], ...]
"""Columns that are compared one after the other, each with +1 where larger is better or -1."""


@dataclass(frozen=True)
class Objective:
    """A rule, and who computes its columns.

    Attributes
    ----------
    name
        As given.
    keys
        What is ranked.
    evaluate
        Values of some architectures, a mapping each; it can be sent to another process.
    logs
        Whether logarithms of ranks are summed, or ranks.
    chunk
        Architectures a call: one where each takes long.
    beside
        Columns that are kept beside those that are ranked.
    """

    name: str
    keys: tuple[Key, ...]
    evaluate: Evaluate
    logs: bool = True
    chunk: int = 1
    beside: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, each once."""
        ranked = (column for key in self.keys for column, _ in key)
        return tuple(dict.fromkeys((*ranked, *self.beside)))

    @property
    def builds(self) -> bool:
        """Whether networks are built."""
        return isinstance(self.evaluate, ByNetwork)


_SINGLE: Key = (("vkdnw_dim", 1), ("vkdnw_entropy", 1))


def _keys(*columns: str) -> tuple[Key, ...]:
    return tuple(((column, 1),) for column in columns)


AGGREGATES: Mapping[str, tuple[tuple[Key, ...], bool]] = MappingProxyType(
    {
        "vkdnw_agg": ((_SINGLE, *_keys("jacov", "expressivity", "trainability", "flops")), True),
        "vkdnw_single": ((_SINGLE,), True),
        "vkdnw_search": (
            _keys("flops", "expressivity", "progressivity", "trainability", "vkdnw_drawn_entropy"),
            True,
        ),
        "az_nas": (_keys("expressivity", "progressivity", "trainability", "flops"), True),
        "te_nas": (_keys("ntk", "linear_region"), False),
    }
)
"""Keys of each published combination, and whether it sums logarithms. ``vkdnw_search`` is what the published
search of VKDNW sums: progressivity in place of jacov, FLOPs apart, and the entropy alone, of tensors drawn at
random."""


def make_objective(text: str, space: SearchSpace, settings: FeatureSettings, measures: Measures) -> Objective:
    """The objective that a text means.

    Parameters
    ----------
    text
        A combination in `AGGREGATES`; a proxy or column of one; a column that limits know (``flops``, a
        column of the user's table), with a minus where less is better; a ranker folder; or a function as
        ``module:function`` or ``FILE.py:FUNCTION``, which is called with an architecture in exact spelling
        and returns a number, higher is better.
    space, settings
        Whose networks are built, and how.
    measures
        The columns that limits know.

    Raises
    ------
    ProxyrankError
        If it is none of these.
    """
    where = source_of(space)
    if text in AGGREGATES:
        keys, logs = AGGREGATES[text]
        columns = tuple(dict.fromkeys(column for key in keys for column, _ in key))
        return Objective(text, keys, ByNetwork(where, columns, settings), logs)
    column, sign = (text[1:], -1) if text.startswith("-") else (text, 1)
    if column in measures.columns:
        return Objective(text, (((column, sign),),), measures, chunk=64)
    for proxy in (*PROXIES.values(), *READINGS.values()):
        if column in (proxy.name, *proxy.columns):
            key = _column_of(column, proxy)
            return Objective(text, (((key, sign * proxy.direction),),), ByNetwork(where, (key,), settings))
    if (Path(text) / "ranker.json").is_file():
        return Objective(text, _keys("ranker"), ByRanker(text, where), chunk=64, beside=PREDICTED)
    if ":" in text:
        find_function(text)  # a fault of it is told before the search begins
        return Objective(text, _keys("value"), ByFunction(text), chunk=64)
    known: Sequence[str] = (*AGGREGATES, *measures.columns, *PROXIES)
    raise unknown("objective", text, (*known, "a ranker folder", "module:function"))


def _column_of(text: str, proxy: Proxy) -> str:
    """The column to rank by. Raises ProxyrankError where a proxy is named that has several."""
    if text not in proxy.columns and len(proxy.columns) > 1:
        raise ProxyrankError(
            f"objective {text}: that proxy has several columns; name one: {', '.join(proxy.columns)}"
        )
    return text if text in proxy.columns else proxy.columns[0]
