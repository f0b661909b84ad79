"""What has been suggested so far, as a small JSON file that is whole at any time."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import require_parent
from proxyrank.common.records import read_record, write_record


class SuggestedBatch(BaseModel):
    """Architectures that were suggested together, and how they were chosen."""

    model_config = ConfigDict(extra="forbid")

    strategy: str
    archs: list[str]


class SearchState(BaseModel):
    """Suggestions of one search.

    Attributes
    ----------
    format
        Of the file.
    space, population, seed
        What the suggestions depend on beside the labels; they stay as they were first given.
    batches
        In the order in which they were suggested.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal["proxyrank-suggestions/1"] = "proxyrank-suggestions/1"
    space: str
    population: str
    seed: int
    batches: list[SuggestedBatch] = Field(default_factory=list)

    def suggested(self) -> list[str]:
        """All architectures suggested so far."""
        return [arch for batch in self.batches for arch in batch.archs]

    def pending(self, trained: Collection[str]) -> list[str]:
        """Those that are not trained yet."""
        return [arch for arch in self.suggested() if arch not in trained]


def open_state(path: str | Path, *, space: str, population: str, seed: int) -> SearchState:
    """Read the state, or begin one where there is no file.

    Raises
    ------
    ProxyrankError
        If the file is damaged or was begun with other settings; the message names the setting.
    """
    path = Path(path)
    asked = SearchState(space=space, population=population, seed=seed)
    if not path.exists():
        require_parent(path, "--state")
        return asked
    state = read_record(path, SearchState, what="a state of suggestions")
    for name in ("space", "population", "seed"):
        before, now = getattr(state, name), getattr(asked, name)
        if before != now:
            raise ProxyrankError(
                f"{path}: begun with {name} = {before!r}, asked for {now!r}; choose another --state"
            )
    return state


def save_state(state: SearchState, path: str | Path) -> None:
    """Write the state; the file appears whole or not at all."""
    write_record(state, path)
