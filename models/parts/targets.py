r"""What a model is fitted to: invertible, increasing-is-better transforms of the label.

With ``low`` and ``high`` the ends of the label's scale, a label :math:`y` first becomes the fraction

.. math:: g = (y - low) / (high - low), \qquad g \leftarrow 1 - g \text{ for labels to be minimised},

so that a larger :math:`g` is better: accuracies in percent, fractions, errors and arbitrary units meet here.
The transforms that need :math:`0 < g < 1` clip it to :math:`[\epsilon, 1 - \epsilon]` with
:math:`\epsilon = 0.0005`: half a step of 0.1 %, the resolution of an accuracy over a thousand images.

They also raise far outliers, networks that did not learn at all, to Tukey's lower outer fence (Exploratory
Data Analysis, 1977): first quartile minus `FENCE` times the distance of the quartiles, of the transformed
training labels. Squared errors of a few such networks otherwise decide the whole fit.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata, yeojohnson

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.labels import SIGNS, Direction, check_direction, in_percent

FloatArray = NDArray[np.float64]

EPSILON = 0.0005
MARGIN = 0.05
WORST_MERGED = 0.05
"""Share of labels at the worse end of a scale that may become equal: networks that did not learn."""
MAX_KNOTS = 1000
FENCE = 3.0

SCALES: dict[str, tuple[float, float]] = {"percent": (0.0, 100.0), "fraction": (0.0, 1.0)}
"""Ends of the scales that do not depend on the labels."""


@dataclass(frozen=True)
class Target:
    """A fitted transform, as plain data.

    Attributes
    ----------
    name
        Key of `TARGETS`.
    direction
        Whether the label is better when larger (``max``) or smaller (``min``).
    low, high
        Ends of the label's scale, in label units.
    knots
        Quantile-normal and power-normal only: increasing oriented labels ...
    values
        ... and the transformed value of each.
    floor
        Least transformed value; None where no training label lies beyond the fence.
    """

    name: str
    direction: Direction
    low: float
    high: float
    knots: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    floor: float | None = None

    def transform(self, y: ArrayLike) -> FloatArray:
        """Transform labels [n]; larger is better whatever the direction."""
        z = TARGETS[self.name].forward(self, np.asarray(y, dtype=np.float64))
        return z if self.floor is None else np.maximum(z, self.floor)

    def unfenced(self, y: ArrayLike) -> FloatArray:
        """`transform` without the floor: that of predictions beyond the outer fence."""
        return TARGETS[self.name].forward(self, np.asarray(y, dtype=np.float64))

    def inverse(self, z: ArrayLike) -> FloatArray:
        """Turn transformed labels [n] back into label units; undoes `transform` up to its clipping."""
        return TARGETS[self.name].backward(self, np.asarray(z, dtype=np.float64))

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters, ready for JSON."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> "Target":
        """Make the transform that `to_dict` described.

        Raises
        ------
        ProxyrankError
            If a parameter is missing, unknown or has a wrong value.
        """
        names = [field.name for field in fields(cls)]
        if sorted(state) != sorted(names):
            raise ProxyrankError(f"a target needs the parameters {', '.join(names)}; got {', '.join(state)}")
        check_target(state["name"])
        check_direction(state["direction"])
        parameters: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in state.items()
        }
        return cls(**parameters)


@dataclass(frozen=True)
class TargetKind:
    """An entry of `TARGETS`: one line for people, and the two maps."""

    summary: str
    forward: Callable[[Target, FloatArray], FloatArray]
    backward: Callable[[Target, FloatArray], FloatArray]
    knots: Callable[[FloatArray], FloatArray] | None = None
    fenced: bool = False


def fit_target(name: str, y: ArrayLike, *, direction: str = "max", scale: str = "auto") -> Target:
    """Fit a transform to training labels.

    Parameters
    ----------
    name
        Key of `TARGETS`.
    y
        Training labels, shape [n], finite.
    direction
        ``max`` or ``min``.
    scale
        ``percent`` (0 to 100), ``fraction`` (0 to 1), ``range`` (smallest to largest training label with 5 %
        of their distance as a margin on either side), or ``auto``: ``percent`` where the largest label is
        above 1.5 and all lie in 0..100, ``fraction`` where all lie in 0..1, else ``range``; ``range`` too
        where clipping would make labels equal that differ (accuracies of .9996 to .9999, errors of 1e-5):
        two or more at the better end, or more than a twentieth of all at the worse one.

    Returns
    -------
    Target
        The transform; constant labels are no error here.

    Raises
    ------
    ProxyrankError
        If a name is unknown, there is no label, or one is not finite or outside the scale asked for.
    """
    check_target(name)
    check_direction(direction)
    values = np.asarray(y, dtype=np.float64).ravel()
    if values.size == 0 or not np.isfinite(values).all():
        raise ProxyrankError(
            f"a target needs finite labels, got {values.size} of which {np.isfinite(values).sum()} are"
        )
    low, high = _ends(values, scale, direction)
    knots: tuple[float, ...] = ()
    normal: tuple[float, ...] = ()
    scores = TARGETS[name].knots
    if scores is not None:
        knots, normal = _knots(SIGNS[direction] * values, scores)
    oriented: Direction = "min" if direction == "min" else "max"
    target = Target(name, oriented, low, high, knots, normal)
    return replace(target, floor=_fence(target.transform(values))) if TARGETS[name].fenced else target


def check_target(name: object) -> None:
    """Raise ProxyrankError unless ``name`` is a key of `TARGETS`."""
    if name not in TARGETS:
        raise unknown("target", name, TARGETS)


def _ends(y: FloatArray, scale: str, direction: str) -> tuple[float, float]:
    smallest, largest = float(y.min()), float(y.max())
    if scale == "auto":
        if in_percent(smallest, largest):
            scale = "percent"
        else:
            scale = "fraction" if smallest >= 0 and largest <= 1 else "range"
        if scale in SCALES and _merges(y, *SCALES[scale], direction):
            scale = "range"
    if scale in SCALES:
        low, high = SCALES[scale]
        if smallest < low or largest > high:
            raise ProxyrankError(
                f"labels from {smallest:g} to {largest:g} do not lie on the scale {scale}, {low:g}..{high:g}"
            )
        return low, high
    if scale != "range":
        raise unknown("scale", scale, ("auto", *SCALES, "range"))
    margin = MARGIN * (largest - smallest) or 0.5
    return smallest - margin, largest + margin


def _merges(y: FloatArray, low: float, high: float, direction: str) -> bool:
    """Whether clipping on a scale makes too many labels equal that differ."""
    g = (y - low) / (high - low)
    g = g if direction == "max" else 1.0 - g
    best, worst = y[g > 1.0 - EPSILON], y[g < EPSILON]
    many = len(worst) > WORST_MERGED * len(y)
    return np.unique(best).size > 1 or (many and np.unique(worst).size > 1)


def _fence(z: FloatArray) -> float | None:
    """Tukey's lower outer fence of values, None where none lies beyond it or half of them are equal."""
    first, third = (float(quartile) for quartile in np.quantile(z, (0.25, 0.75)))
    fence = first - FENCE * (third - first)
    return fence if third > first and z.min() < fence else None


def _fraction(target: Target, y: FloatArray) -> FloatArray:
    g = (y - target.low) / (target.high - target.low)
    return np.clip(g if target.direction == "max" else 1.0 - g, EPSILON, 1.0 - EPSILON)


def _label(target: Target, g: FloatArray) -> FloatArray:
    g = np.clip(g, 0.0, 1.0)
    return target.low + (target.high - target.low) * (g if target.direction == "max" else 1.0 - g)


def _knots(
    oriented: FloatArray, scores: Callable[[FloatArray], FloatArray]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Distinct oriented labels and the value of each, thinned to `MAX_KNOTS`."""
    knots, first = np.unique(oriented, return_index=True)
    kept = np.unique(np.linspace(0, knots.size - 1, min(knots.size, MAX_KNOTS)).round().astype(int))
    return tuple(knots[kept].tolist()), tuple(scores(oriented)[first][kept].tolist())


def _normal_scores(oriented: FloatArray) -> FloatArray:
    """Normal quantile [n] of each label's mid-rank."""
    found: FloatArray = ndtri((rankdata(oriented) - 0.5) / oriented.size)
    return found


def _power_scores(oriented: FloatArray) -> FloatArray:
    """Yeo and Johnson's power of the standardised labels [n], the most normal one, standardised."""
    if np.ptp(oriented) == 0:
        return np.zeros_like(oriented)
    standard = (oriented - oriented.mean()) / oriented.std()
    power, _ = yeojohnson(standard)
    spread = power.std()
    usable = np.isfinite(power).all() and 0 < spread < np.inf
    found: FloatArray = (power - power.mean()) / spread if usable else standard
    return found


def _signed(target: Target, y: FloatArray) -> FloatArray:
    return SIGNS[target.direction] * y


def _to_logit(target: Target, y: FloatArray) -> FloatArray:
    return np.asarray(logit(_fraction(target, y)), dtype=np.float64)


def _from_logit(target: Target, z: FloatArray) -> FloatArray:
    return _label(target, np.asarray(expit(z), dtype=np.float64))


def _to_log_error(target: Target, y: FloatArray) -> FloatArray:
    return -np.log1p(-_fraction(target, y))


def _from_log_error(target: Target, z: FloatArray) -> FloatArray:
    return _label(target, -np.expm1(-z))


def _to_normal(target: Target, y: FloatArray) -> FloatArray:
    return np.interp(SIGNS[target.direction] * y, target.knots, target.values)


def _from_normal(target: Target, z: FloatArray) -> FloatArray:
    return SIGNS[target.direction] * np.interp(z, target.values, target.knots)


TARGETS: dict[str, TargetKind] = {
    "none": TargetKind("the label, its sign changed where smaller is better: z = y or -y", _signed, _signed),
    "logit": TargetKind("z = log(g / (1 - g)), g the clipped fraction", _to_logit, _from_logit, fenced=True),
    "quantile-normal": TargetKind(
        "z = normal quantile of (mid-rank - 1/2) / n among the training labels, linear in between, "
        "constant outside",
        _to_normal,
        _from_normal,
        knots=_normal_scores,
    ),
    "power-normal": TargetKind(
        "z = standardised Yeo-Johnson power of the label that makes the training labels most normal, linear "
        "between them, constant outside",
        _to_normal,
        _from_normal,
        knots=_power_scores,
    ),
    "log-error": TargetKind(
        "z = -log(1 - g), g the clipped fraction", _to_log_error, _from_log_error, fenced=True
    ),
}
"""Every transform; another one is an entry here."""
