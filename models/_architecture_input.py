"""What estimators on architectures have in common for scikit-learn: their input, and how they are cloned."""

from typing import Any, Self

from sklearn.base import BaseEstimator, clone


class ArchitectureInput(BaseEstimator):  # type: ignore[misc]
    """Base of estimators whose rows are architectures of ``space``."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def __sklearn_clone__(self) -> Self:
        # a search space is one object: its copy would be another space, whose values nobody has cached
        params = self.get_params(deep=False)
        copied = {name: clone(value, safe=False) for name, value in params.items() if name != "space"}
        return type(self)(**copied, space=params["space"])
