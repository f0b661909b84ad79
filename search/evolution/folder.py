"""A whole search in a folder, from texts to pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxyrank.common.executors import Executor
from proxyrank.features.network.batches import with_digest
from proxyrank.features.settings import FISHER, IMAGES, FeatureSettings
from proxyrank.search.evolution.measures import Measures, check_limits
from proxyrank.search.evolution.objectives import make_objective
from proxyrank.search.evolution.page import write_page
from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.results import Found, results, write_results
from proxyrank.search.evolution.run import run_search
from proxyrank.search.evolution.variation import start_of
from proxyrank.spaces import SearchSpace


@dataclass(frozen=True, eq=False)
class Outcome:
    """What `search_in_folder` did: tables, numbers of steps, files written."""

    found: Found
    counts: dict[str, int]
    files: tuple[Path, ...]


def search_in_folder(
    space: SearchSpace,
    objectives: Sequence[str],
    out: str | Path,
    *,
    measures: Measures,
    settings: FeatureSettings,
    executor: Executor,
    limits: Mapping[str, float] | None = None,
    start: str | None = None,
    **options: Any,
) -> Outcome:
    """Search a space and write what was found.

    Parameters
    ----------
    space, objectives, measures
        What is searched, by what, and what limits may name.
    out
        Folder; the same call goes on with what it holds.
    settings
        Of network features.
    executor
        Where architectures are scored.
    limits, start
        As in `SearchPlan`; the start is any spelling, None that of the space or one drawn at random.
    options
        Other fields of `SearchPlan`.

    Raises
    ------
    ProxyrankError
        If an objective, a limit or an option will not do, or the folder holds another search.
    """
    out = Path(out)
    seed = int(options.get("seed", 0))
    settings = with_digest(settings.only((*IMAGES, *FISHER)))
    rules = [make_objective(text, space, settings, measures) for text in objectives]
    networks = any(rule.builds for rule in rules)
    plan = SearchPlan(
        space=space.name,
        objectives=tuple(objectives),
        start=start_of(space, start, seed),
        limits=dict(limits or {}),
        settings=settings.stated() if networks else {"dataset": measures.dataset},
        **options,
    )
    check_limits(plan.limits, measures)
    search = run_search(space, plan, rules, measures, out, executor=executor)
    found, state = results(search, plan), search.state
    counts = {
        "steps": state.step,
        "scored": len(state.children),
        "outside the limits": state.outside,
        "known already": state.repeated,
    }
    page = write_page(found, plan, counts, out)
    return Outcome(found, counts, (*write_results(found, out), page))
