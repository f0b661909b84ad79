"""What the parameters of a trial mean: columns, groups, and the model's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STORED_AS = {"colsample_bytree": "colsample"}
"""Parameters that studies store by an older name, so that those begun under it go on."""
COLUMNS = "columns"
SELECT = "select_groups"
USE = "use_"


@dataclass(frozen=True)
class Choice:
    """One point of the space, ready to be fitted.

    Attributes
    ----------
    params
        Of the model, over its defaults.
    groups
        Feature groups that are used.
    columns
        Share of their columns that is kept, as `order_columns` orders them.
    committee
        Members of the committee that a study prefers to this point; empty where it does not.
    """

    params: Mapping[str, Any]
    groups: tuple[str, ...]
    columns: float = 1.0
    committee: tuple[Mapping[str, Any], ...] = ()


def todays_names(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a model as it calls them now, of an older result too."""
    now = {old: name for name, old in STORED_AS.items()}
    return {now.get(name, name): value for name, value in params.items()}


def stored_name(name: str) -> str:
    """Name of a parameter in stored studies, which keep the older one."""
    return STORED_AS.get(name, name)
