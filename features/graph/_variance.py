"""Variance that goes through a graph, by what it went through: scaled, mixed, passed on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from proxyrank.features.graph._carry import History, advance
from proxyrank.spaces.graph import Operation


@dataclass(frozen=True)
class Flow:
    """Variance of a sum.

    Attributes
    ----------
    shares
        Variance by history.
    moments
        Sums of the variance, and of it times depth, depth squared, field, field squared.
    """

    shares: dict[History, Fraction]
    moments: tuple[Fraction, ...]

    @property
    def total(self) -> Fraction:
        """All of it."""
        return self.moments[0]

    def scaled(self, factor: Fraction | int) -> "Flow":
        """The same flow at another strength."""
        if factor == 1:
            return self
        return Flow(
            {history: factor * variance for history, variance in self.shares.items()},
            tuple(factor * moment for moment in self.moments),
        )


def mixed(factors: Sequence[Fraction | int], parts: Sequence[Flow]) -> Flow:
    """Sum of flows, each times its factor."""
    scaled = [part.scaled(factor) for factor, part in zip(factors, parts, strict=True)]
    if len(scaled) == 1:
        return scaled[0]
    shares: dict[History, Fraction] = {}
    for part in scaled:
        _gather(shares, part.shares.items())
    totals = zip(*(part.moments for part in scaled), strict=True)
    return Flow(shares, tuple(sum(own, Fraction()) for own in totals) if scaled else (Fraction(),) * 5)


def _gather(shares: dict[History, Fraction], more: Iterable[tuple[History, Fraction]]) -> None:
    for history, variance in more:
        shares[history] = shares[history] + variance if history in shares else variance


def passed_on(operation: Operation, read: Flow, gain: Fraction, place: int) -> Flow:
    """What an operation sends on of the flow it reads: scaled, a step deeper, its field wider."""
    passed = read.scaled(gain)
    shares: dict[History, Fraction] = {}
    _gather(shares, ((advance(h, place, operation.repeats), own) for h, own in passed.shares.items()))
    total, depth, depth2, field, field2 = passed.moments
    more, wider = operation.repeats, operation.radius
    moments = [total, depth + more * total, depth2 + 2 * more * depth + more**2 * total]
    moments += (
        [field + wider * total, field2 + 2 * wider * field + wider**2 * total] if wider else [field, field2]
    )
    return Flow(shares, tuple(moments))
