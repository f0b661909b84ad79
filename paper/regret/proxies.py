"""Evolution without labels, by the shipped proxies of NAS-Bench-201; the best are trained in that order."""

from collections.abc import Sequence

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.tables.known import shipped_rows
from proxyrank.models.parts.targets import FloatArray
from proxyrank.search.evolution.objectives import AGGREGATES, Objective
from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.scored import Scored
from proxyrank.search.evolution.selection import Scorer, leaves
from proxyrank.search.evolution.state import Child, SearchState, next_batch
from proxyrank.search.regret import Bench

RULE = "vkdnw_agg"
STEPS, POPULATION = 3000, 128


def proxy_values(bench: Bench, dataset: str) -> dict[str, FloatArray]:
    """Columns of the rule, as shipped, of every network.

    Raises
    ------
    NotApplicableError
        Where the package ships none.
    """
    groups = ("vkdnw", "zcs")
    known = shipped_rows(bench.space, bench.keys, groups, settings={"dataset": dataset}, prefer_shipped=True)
    wanted = list(rule().columns)
    if not set(wanted) <= set(known.found) or not known.found[wanted].all(axis=None):
        raise NotApplicableError(f"no shipped proxies of {bench.space.name} on {dataset}")
    frame = known.rows.values[wanted]
    return dict(zip(map(str, frame.index), frame.to_numpy(dtype=np.float64), strict=True))


def rule() -> Objective:
    """The rule that evolution maximises here; its values come from tables."""
    keys, logs = AGGREGATES[RULE]
    return Objective(RULE, keys, lambda archs: [], logs)


def evolution_by_proxies(
    bench: Bench, seed: int, budget: int, *, values: dict[str, FloatArray], steps: int = STEPS
) -> list[str]:
    """Networks met by the evolution, best first by the ranks among all that were met; no label is read."""
    columns, start = rule().columns, bench.draw(np.random.Generator(np.random.PCG64(seed)))
    state, scorer = SearchState(columns), Scorer([rule()], columns)
    plan = SearchPlan(
        bench.space.name, (RULE,), iterations=steps, population=POPULATION, seed=seed, start=start
    )

    def change(arch: str, rng: np.random.Generator, times: int) -> str:
        for _ in range(times):
            arch = bench.mutate(arch, rng)
        return arch

    while state.step < steps:
        batch = next_batch(state, plan, change=change, key=str, admit=lambda arch: {})
        new = state.absorb(batch, _scored(batch.children, columns, values), [c.arch for c in batch.children])
        scorer.add(state.values(new))
        state.drop(state.kept[leaves(scorer.scores(state.values(state.kept)), POPULATION)].tolist())
    order = np.argsort(-scorer.scores(state.values())[:, 0], kind="stable")
    return [state.children[i].arch for i in order[:budget]]


def _scored(children: Sequence[Child], columns: Sequence[str], values: dict[str, FloatArray]) -> list[Scored]:
    rows = (values[child.arch] for child in children)
    return [Scored(dict(zip(columns, row.tolist(), strict=True))) for row in rows]
