"""Variance that goes through a graph, by what it went through: scaled, mixed, passed on.

It is exact, in whole numbers over one denominator per flow, which costs a third of arithmetic by fractions;
or in floats, where the graph is so large that denominators would grow beyond measure.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from proxyrank.features.graph._carry import History, advance
from proxyrank.spaces.graph import Operation

Number = int | float
"""Numerator of an exact flow, value of another one."""

Factor = Fraction | int | float


@dataclass(frozen=True)
class Flow:
    """Variance of a sum.

    Attributes
    ----------
    shares
        Variance by history, times ``over``.
    moments
        Sums of the variance, and of it times depth, depth squared, field, field squared; all times ``over``.
    over
        Denominator; 0 where the numbers are floats and stand for themselves.
    """

    shares: dict[History, Number]
    moments: tuple[Number, ...]
    over: int = 1

    @property
    def total(self) -> Fraction | float:
        """All of it."""
        return self.value(self.moments[0])

    def value(self, number: Number) -> Fraction | float:
        """What one of its numbers stands for."""
        return Fraction(int(number), self.over) if self.over else float(number)

    def scaled(self, factor: Factor) -> "Flow":
        """The same flow at another strength."""
        if factor == 1:
            return self
        if not self.over:
            return self._times(factor, 0)
        exact = Fraction(factor)
        return self._times(exact.numerator, self.over * exact.denominator).lowest()

    def _times(self, factor: Factor, over: int) -> "Flow":
        shares = {history: factor * own for history, own in self.shares.items()}
        return Flow(shares, tuple(factor * moment for moment in self.moments), over)

    def lowest(self) -> "Flow":
        """The same flow in lowest terms."""
        most = math.gcd(self.over, *map(int, self.shares.values()), *map(int, self.moments))
        if most == 1:
            return self
        shares = {history: own // most for history, own in self.shares.items()}
        return Flow(shares, tuple(moment // most for moment in self.moments), self.over // most)


def mixed(factors: Sequence[Factor], parts: Sequence[Flow]) -> Flow:
    """Sum of flows, each times its factor."""
    scaled = [part.scaled(factor) for factor, part in zip(factors, parts, strict=True)]
    if len(scaled) == 1:
        return scaled[0]
    over = math.lcm(*(part.over for part in scaled))
    alike = [part if part.over == over else part._times(over // part.over, over) for part in scaled]
    shares: dict[History, Number] = {}
    for part in alike:
        _gather(shares, part.shares.items())
    moments = tuple(map(sum, zip(*(part.moments for part in alike), strict=True))) or (0,) * 5
    whole = Flow(shares, moments, over)
    return whole.lowest() if over else whole


def _gather(shares: dict[History, Number], more: Iterable[tuple[History, Number]]) -> None:
    for history, variance in more:
        shares[history] = shares[history] + variance if history in shares else variance


def passed_on(operation: Operation, read: Flow, gain: Factor, place: int) -> Flow:
    """What an operation sends on of the flow it reads: scaled, a step deeper, its field wider."""
    passed = read.scaled(gain)
    shares: dict[History, Number] = {}
    _gather(shares, ((advance(h, place, operation.repeats), own) for h, own in passed.shares.items()))
    total, depth, depth2, field, field2 = passed.moments
    more, wider = operation.repeats, operation.radius
    moments = [total, depth + more * total, depth2 + 2 * more * depth + more**2 * total]
    moments += (
        [field + wider * total, field2 + 2 * wider * field + wider**2 * total] if wider else [field, field2]
    )
    return Flow(shares, tuple(moments), passed.over)
