"""The loop: propose, score, select, remember; whatever was remembered is not done again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import Executor
from proxyrank.common.progress import track
from proxyrank.search.evolution.log import append_batch, cut_torn_line, read_batches
from proxyrank.search.evolution.measures import Measures
from proxyrank.search.evolution.objectives import Objective
from proxyrank.search.evolution.plan import SearchPlan, claim
from proxyrank.search.evolution.scored import Scored
from proxyrank.search.evolution.selection import Scorer, leaves
from proxyrank.search.evolution.state import Batch, SearchState, next_batch
from proxyrank.search.evolution.variation import changer
from proxyrank.spaces import SearchSpace, equality_key

HEADER, LOG = "search.json", "batches.jsonl"


@dataclass(frozen=True)
class Search:
    """A search that has run.

    Attributes
    ----------
    state
        All that is known.
    scorer
        Ranks among everything seen.
    """

    state: SearchState
    scorer: Scorer


def run_search(
    space: SearchSpace,
    plan: SearchPlan,
    objectives: Sequence[Objective],
    measures: Measures,
    out: str | Path,
    *,
    executor: Executor,
) -> Search:
    """Run a search, or what is left of it.

    Parameters
    ----------
    space, plan
        What is searched.
    objectives
        Those of the plan; several are selected by Pareto fronts.
    measures
        What limits may name.
    out
        Folder of ``search.json`` and ``batches.jsonl``, made if absent. The same plan goes on with what it
        holds, and ends as an undisturbed run does.
    executor
        Where architectures are scored.

    Raises
    ------
    ProxyrankError
        If the folder holds another search or is damaged, or no step keeps to the limits.
    """
    out = Path(out)
    out.mkdir(exist_ok=True)
    claim(out / HEADER, plan)
    search = _recalled(plan, objectives, out / LOG)
    state = search.state
    first = state.step
    batches = _batches(space, plan, search, objectives, measures, out / LOG, executor)
    for _ in track(
        batches,
        total=plan.iterations,
        what="search",
        done=first,
        size=lambda batch: batch.steps,
        note=lambda batch: _progress(search),
    ):
        pass
    if not state.children:
        raise ProxyrankError(
            f"none of {state.step} steps led to an architecture within the limits "
            f"{dict(plan.limits)}: take another --start or other limits"
        )
    return search


def _recalled(plan: SearchPlan, objectives: Sequence[Objective], log: Path) -> Search:
    columns = tuple(dict.fromkeys(column for one in objectives for column in one.columns))
    search = Search(SearchState(columns), Scorer(objectives, columns))
    cut_torn_line(log)
    for batch, scored, keys, dropped in read_batches(log):
        search.state.absorb(batch, scored, keys)
        search.state.drop(dropped)
    search.scorer.add(search.state.values())
    return search


def _batches(
    space: SearchSpace,
    plan: SearchPlan,
    search: Search,
    objectives: Sequence[Objective],
    measures: Measures,
    log: Path,
    executor: Executor,
) -> Iterator[Batch]:
    state = search.state

    def admit(arch: str) -> Mapping[str, float] | None:
        return measures.admit(arch, plan.limits)

    change = changer(space)
    while state.step < plan.iterations:
        batch = next_batch(
            state, plan, change=change, key=lambda arch: equality_key(space, arch), admit=admit
        )
        scored = score_batch([child.arch for child in batch.children], objectives, executor)
        keys = [equality_key(space, child.arch) for child in batch.children]
        new = state.absorb(batch, scored, keys)
        search.scorer.add(state.values(new))
        scores = search.scorer.scores(state.values(state.kept))
        dropped = state.kept[leaves(scores, plan.population)].tolist()
        state.drop(dropped)
        append_batch(log, batch, scored, keys, dropped)
        yield batch


def score_batch(archs: Sequence[str], objectives: Sequence[Objective], executor: Executor) -> list[Scored]:
    """Values of all objectives; what two of them read is computed once where the same one evaluates it."""
    merged = [Scored({}, {}) for _ in archs]
    for evaluate, chunk in merge_evaluators(objectives):
        chunks = [list(archs[i : i + chunk]) for i in range(0, len(archs), chunk)]
        for place, found in executor(evaluate, chunks):
            for at, one in enumerate(found, start=place * chunk):
                merged[at].values.update(one.values)
                merged[at].gaps.update(one.gaps)
    return merged


def merge_evaluators(
    objectives: Sequence[Objective],
) -> list[tuple[Callable[[Sequence[str]], list[Scored]], int]]:
    """Evaluators of objectives, each once; networks are built once for all proxies."""
    from proxyrank.search.evolution.evaluators import ByNetwork

    networks = [one.evaluate for one in objectives if isinstance(one.evaluate, ByNetwork)]
    found: list[tuple[Callable[[Sequence[str]], list[Scored]], int]] = []
    if networks:
        columns = tuple(dict.fromkeys(column for own in networks for column in own.columns))
        found.append((ByNetwork(networks[0].space, columns, networks[0].settings), 1))
    for one in objectives:
        if not isinstance(one.evaluate, ByNetwork) and all(one.evaluate != known for known, _ in found):
            found.append((one.evaluate, one.chunk))
    return found


def _progress(search: Search) -> str:
    """Best so far and share of accepted steps, for people."""
    state = search.state
    share = len(state.children) / max(1, state.step)
    if not len(state.kept):
        return f"accepted {share:.0%}"
    scores = search.scorer.scores(state.values(state.kept))[:, 0]
    return f"best {float(np.max(scores)):.3f}, accepted {share:.0%}"
