"""What folders of format 1 said otherwise: names of parameters, and the width of a forest."""

from collections.abc import Mapping
from typing import Any

from proxyrank.models.parts.arrays import unpack_arrays

RENAMED = {"threads": "n_jobs", "colsample": "colsample_bytree"}
"""Old names of parameters -> scikit-learn's."""


def renamed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters under today's names."""
    return {RENAMED.get(name, name): value for name, value in params.items()}


def from_format_1(model: str, state: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """State of a ranker, and of those inside it, as today's `TabularRanker.export` writes it.

    Raises
    ------
    TypeError, KeyError, ValueError, AttributeError
        If the state is damaged.
    """
    found = {"target": None, **state, "params": renamed(state["params"])}
    if model == "forest":
        found["n_features"] = len(unpack_arrays(files["forest.npz"])["median"])
    if model == "ensemble":
        found["members"] = [
            {**entry, "state": from_format_1(entry["kind"], entry["state"], {})} for entry in state["members"]
        ]
    if model == "transfer":
        source, prefix = state["source"], "source-"
        own = {name.removeprefix(prefix): data for name, data in files.items() if name.startswith(prefix)}
        inner = from_format_1(state["params"]["source_model"], source["state"], own)
        found["source"] = {**source, "state": inner}
    return found
