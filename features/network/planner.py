"""One pass, many proxies: run proxies over the shared passes of one network and free what is done with.

The plan in full. A proxy is a pure function of `Passes`; whatever it reads there is computed when first read
and cached, always in the same way, so no value depends on which other proxies were asked for. The planner
only decides the order, readers of the recorded forward pass first, and after each proxy frees the passes that
none of the remaining ones reads. Nothing else is shared.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.common.memory import is_out_of_memory
from proxyrank.features.proxies.base import Missing, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

OUT_OF_MEMORY = "out of memory"
_GRAPH = {"train_pass", "input_gradient", "loss_graph"}


def run_proxies(passes: "Passes", proxies: Sequence[Proxy]) -> dict[str, float | Missing]:
    """Values of the proxies of one network, one a column, in the order of ``proxies``.

    A proxy that has no value, runs out of memory or fails leaves its columns `Missing` with the reason; the
    others go on. Results are finite or `Missing`.
    """
    from proxyrank.features.network.operations import attention_as_products

    order = sorted(proxies, key=_stage)
    found: dict[str, float | Missing] = {}
    with attention_as_products():
        for i, proxy in enumerate(order):
            found.update(_values(passes, proxy))
            passes.release(name for later in order[i + 1 :] for name in later.reads)
    return {column: found[column] for proxy in proxies for column in proxy.columns}


def _stage(proxy: Proxy) -> int:
    """Readers of the recorded graph, then of what was derived from it, then those that share nothing."""
    if _GRAPH.intersection(proxy.reads):
        return 0
    return 1 if proxy.reads else 2


def _values(passes: "Passes", proxy: Proxy) -> dict[str, float | Missing]:
    if passes.batch.size < proxy.minimum_batch:
        return _all_missing(proxy, f"needs a batch of at least {proxy.minimum_batch}")
    try:
        values = proxy.compute(passes)
    except NotApplicableError as error:
        return _all_missing(proxy, str(error))
    except ProxyrankError:
        raise
    except (MemoryError, RuntimeError, ValueError, LookupError, ArithmeticError) as error:
        if is_out_of_memory(error):
            return _all_missing(proxy, OUT_OF_MEMORY)
        return _all_missing(proxy, f"failed: {_first_line(error)}")
    return {column: _finite(values[column]) for column in proxy.columns}


def _first_line(error: Exception) -> str:
    """What went wrong; of a lookup, whose text is the key alone, its kind too."""
    text = str(error).partition("\n")[0]
    return text if text and not isinstance(error, LookupError) else f"{type(error).__name__}: {text}"


def _all_missing(proxy: Proxy, reason: str) -> dict[str, float | Missing]:
    return dict.fromkeys(proxy.columns, Missing(reason))


def _finite(value: float | Missing) -> float | Missing:
    return value if isinstance(value, Missing) or math.isfinite(value) else Missing(f"not finite ({value})")
