"""What is known of an architecture without building it: sizes, layers, columns of the user's table."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.search.evolution.latency import built_for, latency_ms
from proxyrank.search.evolution.scored import Scored
from proxyrank.spaces import SearchSpace, canonical, get_space, has, require

SIZES = ("flops", "params")


@dataclass(frozen=True)
class Measures:
    """Columns that limits and objectives may name; it can be sent to another process.

    Attributes
    ----------
    space
        The search space, or the text that finds it.
    dataset
        Whose networks are sized.
    table
        Column -> architecture -> number, of the user's table.
    timed
        Whether the column ``latency`` is measured on this machine, in milliseconds (`latency_ms`).
    """

    space: str | SearchSpace
    dataset: str
    table: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    timed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: those of the table before those of the space."""
        space = get_space(self.space)
        sized = SIZES if has(space, "sizes") else ()
        deep = ("layers",) if has(space, "depth") else ()
        timed = ("latency",) if self.timed else ()
        return tuple(dict.fromkeys((*self.table, *sized, *deep, *timed)))

    def admit(self, arch: str, limits: Mapping[str, float]) -> dict[str, float] | None:
        """All columns of an architecture, None for one that breaks a limit; nothing is timed needlessly."""
        quick = tuple(name for name in self.columns if name in self.table or name != "latency")
        found = self.of(arch, quick)
        if not within(found, {name: most for name, most in limits.items() if name in quick}):
            return None
        if len(quick) < len(self.columns):
            found |= self.of(arch, ("latency",))
        return found if within(found, limits) else None

    def of(self, arch: str, columns: Sequence[str]) -> dict[str, float]:
        """Values of some columns; those that the table has not for this architecture are left out."""
        space = get_space(self.space)
        found: dict[str, float] = {}
        if set(columns) & set(SIZES) - set(self.table):
            sizes = require(space, "sizes", "a limit on sizes").sizes(arch, built_for(self.dataset))
            found |= {"flops": float(sizes.flops), "params": float(sizes.params)}
        if "layers" in columns and "layers" not in self.table:
            found["layers"] = float(require(space, "depth", "a limit on layers").depth(arch))
        if "latency" in columns and "latency" not in self.table:
            found["latency"] = latency_ms(cast(Hashable, self.space), arch, self.dataset)
        for name, own in self.table.items():
            value = own.get(arch, own.get(canonical(space, arch)))
            if value is not None:
                found[name] = value
        return {name: found[name] for name in columns if name in found}

    def __call__(self, archs: Sequence[str]) -> list[Scored]:
        """All columns of some architectures."""
        columns = self.columns
        return [Scored(values := self.of(arch, columns), _absent(values, columns)) for arch in archs]


def _absent(values: Mapping[str, float], columns: Sequence[str]) -> dict[str, str]:
    return {name: "not in the table" for name in columns if name not in values}


def within(values: Mapping[str, float], limits: Mapping[str, float]) -> bool:
    """Whether values keep to limits; one that is not there does not."""
    return all(name in values and values[name] <= most for name, most in limits.items())


def check_limits(limits: Mapping[str, float], measures: Measures) -> None:
    """Refuse a limit on a column that nobody knows.

    Raises
    ------
    ProxyrankError
        Naming the column, or a limit that is not above zero.
    """
    for name, most in limits.items():
        if name not in measures.columns:
            raise unknown("column of a limit", name, measures.columns)
        if not most > 0:
            raise ProxyrankError(f"the limit on {name} must be above 0, got {most:g}")
