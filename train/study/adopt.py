"""Train a ranker by what a study found."""

from dataclasses import replace
from pathlib import Path

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import RankerCard
from proxyrank.train.fit import FitPlan
from proxyrank.train.study.results import read_result


def adopt_study(plan: FitPlan, folder: str | Path, space: str) -> FitPlan:
    """The plan with the study's groups, columns and parameters; parameters stated in the plan stay.

    Raises
    ------
    ProxyrankError
        If the study's result cannot be read or is of another space or model.
    """
    result = read_result(folder)
    for what, found, expected in (
        ("search space", result.settings.get("space"), space),
        ("model", result.model, plan.model or result.model),
    ):
        if found != expected:
            raise ProxyrankError(f"the study in {folder} is of the {what} {found}, expected {expected}")
    params = {**result.params, **plan.params}
    return replace(
        plan, model=result.model, groups=tuple(result.groups), columns=result.columns, params=params
    )


def study_remark(folder: str | Path, card: RankerCard) -> str | None:
    """What a person should know where a ranker was not trained on the study's own training part."""
    settings = read_result(folder).settings
    if settings.get("train_archs_sha256") == card.train_archs_sha256:
        return None
    return (
        f"the study in {folder} was tuned on other architectures (split {settings.get('split')}, seed "
        f"{settings.get('seed')}) than this ranker is trained on: some it is judged on may have been seen"
    )
