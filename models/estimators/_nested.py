"""Rankers inside rankers: their states in the JSON of the whole, their files beside the whole's."""

from collections.abc import Mapping
from typing import Any, TypeVar

from proxyrank.models.base import TabularRanker

Inner = TypeVar("Inner", bound=TabularRanker)


def pack_inner(model: TabularRanker, prefix: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """State of a fitted ranker with the names of its files, and the files, each name after a prefix."""
    state, files = model.export()
    return {"state": state, "files": list(files)}, {f"{prefix}{name}": data for name, data in files.items()}


def unpack_inner(
    cls: type[Inner], entry: Mapping[str, Any], files: Mapping[str, bytes], prefix: str
) -> Inner:
    """The fitted ranker that `pack_inner` described."""
    return cls.restore(entry["state"], {name: files[f"{prefix}{name}"] for name in entry["files"]})
