"""What a study may choose: parameters of the model, share of columns, feature groups. All of it is data."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from optuna import Trial
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import model_class
from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS
from proxyrank.train.study.choice import COLUMNS, SELECT, USE, Choice, stored_name

MODEL_SPACES: dict[str, dict[str, BaseDistribution]] = {
    "lightgbm": {
        "target": CategoricalDistribution(("logit", "quantile-normal", "log-error", "none")),
        "n_estimators": IntDistribution(300, 800, step=50),
        "learning_rate": FloatDistribution(0.015, 0.08, log=True),
        "num_leaves": IntDistribution(6, 24),
        "min_child_samples": CategoricalDistribution((None, 2, 5, 10, 20)),  # None follows the rows
        "colsample_bytree": FloatDistribution(0.1, 1.0),
        "subsample": FloatDistribution(0.6, 1.0),
        "reg_alpha": FloatDistribution(0.0, 0.3),
        "reg_lambda": FloatDistribution(0.0, 8.0),
        "extra_trees": CategoricalDistribution((False, True)),
    },
}
"""Parameters of each model that can be tuned. The model's own default lies in every one of them."""
STARTS: dict[str, tuple[dict[str, Any], ...]] = {
    "lightgbm": (
        SEARCHED_THRESHOLDS,
        # slower, with a little regularisation
        {
            "extra_trees": False,
            "n_estimators": 750,
            "learning_rate": 0.022,
            "num_leaves": 15,
            "min_child_samples": 10,
            "colsample_bytree": 0.44,
            "subsample": 0.94,
            "reg_alpha": 0.03,
            "reg_lambda": 0.8,
        },
        # for few labels
        {
            "extra_trees": False,
            "n_estimators": 400,
            "learning_rate": 0.03,
            "num_leaves": 6,
            "min_child_samples": 5,
            "colsample_bytree": 0.3,
            "subsample": 0.7,
            "reg_lambda": 1.0,
        },
    ),
}
"""Points over the defaults that every study of a model tries after them; fixed, whatever the data."""
LEAF_ROWS = {"min_child_samples"}
"""Categorical parameters that are numbers of rows in a leaf ..."""
LEAVES_AT_LEAST = 8
"""... and how many such leaves the rows must give: larger leaves make constant models."""
COLUMN_SHARES = FloatDistribution(0.4, 1.0, step=0.1)


def parameter_space(
    model: str, groups: Sequence[str], *, fixed: Collection[str] = (), rows: int | None = None
) -> dict[str, BaseDistribution]:
    """Distributions of a model's parameters, the share of columns, and whether each of the groups is used.

    The switches of groups count only where a trial selects groups at all, so that half of the trials use all.

    Parameters
    ----------
    model
        Name in `MODEL_SPACES`.
    groups
        Feature groups.
    fixed
        Parameters to leave out.
    rows
        Rows that are fitted to; leaves of more than an eighth of them are left out. None leaves all in.

    Raises
    ------
    ProxyrankError
        If the model has no space of parameters.
    """
    if model not in MODEL_SPACES:
        raise ProxyrankError(
            f"no space of parameters for the model {model!r}; known: {', '.join(MODEL_SPACES)}"
        )
    space = {stored_name(name): d for name, d in MODEL_SPACES[model].items() if name not in fixed}
    if rows is not None:
        for name in LEAF_ROWS.intersection(space):
            space[name] = _at_most(space[name], rows // LEAVES_AT_LEAST)
    space[COLUMNS] = COLUMN_SHARES
    if len(groups) > 1:
        space[SELECT] = CategoricalDistribution((False, True))
        space |= {USE + group: CategoricalDistribution((True, False)) for group in groups}
    return space


def default_parameters(model: str, space: Mapping[str, BaseDistribution]) -> dict[str, Any]:
    """The point that means no tuning: the model's defaults, all columns of all groups."""
    own = {stored_name(name): value for name, value in model_class(model)().get_params().items()}
    defaults = {**own, COLUMNS: 1.0, SELECT: False}
    return {name: defaults[name] for name in space if name in defaults}


def start_points(model: str, space: Mapping[str, BaseDistribution]) -> list[dict[str, Any]]:
    """The defaults, then `STARTS`; what a space leaves out of a start stays as in the defaults."""
    defaults = default_parameters(model, space)
    points = [defaults]
    for start in STARTS.get(model, ()):
        stored = {stored_name(name): value for name, value in start.items()}
        point = {**defaults, **{name: value for name, value in stored.items() if name in space}}
        points.append({name: v if _holds(space[name], v) else defaults[name] for name, v in point.items()})
    return points


def draw(trial: Trial, space: Mapping[str, BaseDistribution]) -> dict[str, Any]:
    """Let a trial draw its parameters."""
    drawn: dict[str, Any] = {}
    for name, distribution in space.items():
        if not name.startswith(USE) or drawn[SELECT]:
            drawn[name] = _suggest(trial, name, distribution)
    return drawn


def make_choice(parameters: Mapping[str, Any], model: str, groups: Sequence[str]) -> Choice:
    """Meaning of a trial's parameters. A trial that would drop every group drops none."""
    used = tuple(group for group in groups if parameters.get(USE + group, True))
    params = {n: parameters[stored_name(n)] for n in MODEL_SPACES[model] if stored_name(n) in parameters}
    return Choice(params, used or tuple(groups), round(parameters[COLUMNS], 1))  # steps of 0.1


def _holds(distribution: BaseDistribution, value: Any) -> bool:
    if isinstance(distribution, CategoricalDistribution):
        return value in distribution.choices
    assert isinstance(distribution, IntDistribution | FloatDistribution)
    return bool(distribution.low <= value <= distribution.high)


def _at_most(distribution: BaseDistribution, most: int) -> CategoricalDistribution:
    assert isinstance(distribution, CategoricalDistribution)
    return CategoricalDistribution([c for c in distribution.choices if not isinstance(c, int) or c <= most])


def _suggest(trial: Trial, name: str, distribution: BaseDistribution) -> Any:
    if isinstance(distribution, CategoricalDistribution):
        return trial.suggest_categorical(name, distribution.choices)
    if isinstance(distribution, IntDistribution):
        return trial.suggest_int(
            name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
        )
    assert isinstance(distribution, FloatDistribution)
    return trial.suggest_float(
        name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
    )
