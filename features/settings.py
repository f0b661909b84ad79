"""Everything that a value may depend on besides the architecture and the formula: one typed object."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.spaces import data_shape

IMAGES = ("dataset", "batch_size", "seed", "input", "input_digest", "root", "dtype", "device", "repeats")
"""What the values of a network on a batch of images depend on."""

FISHER = ("fisher_form", "fisher_tensors", "fisher_weights", "fisher_position")
"""What those of the Fisher spectrum depend on as well."""

FisherForm = Literal["published", "fisher", "empirical", "sampled"]
"""The matrices whose spectrum the columns of vkdnw may describe, see `fisher_matrix`."""


class FeatureSettings(BaseModel):
    """Settings that change a value; which of them count for a column is said by its family.

    A constructor, `of` and `changed` raise `ProxyrankError`: for an unknown name, with the nearest known one,
    and for a value out of range. What was given explicitly is ``model_fields_set``.

    Attributes
    ----------
    dataset
        Classes and resolution, see `data_shape`.
    batch_size
        Images per batch.
    seed
        Seed of weights, images, labels and random signs.
    input
        ``noise`` (white), ``pink`` (`pink_batch`), or a source of images as `image_batch` takes it.
    input_digest
        Of the images that a source gave (`with_digest`); None where ``input`` needs no data.
    root
        Folder of torchvision's data.
    dtype
        Precision of weights and images.
    device
        ``cpu``, ``cuda``, ``cuda:1``, or ``auto``: CUDA where there is one.
    repeats
        Scores with how many seeds; more than one gives means, and columns ``*_std`` of their spread.
    fisher_form, fisher_tensors, fisher_weights, fisher_position
        The Fisher matrix of vkdnw: its form, how many parameter tensors, how many weights per tensor, where.
    graf_no_path
        What graf writes where no path exists: the published code's numbers, or the older one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str = "cifar10"
    batch_size: Annotated[int, Field(ge=1)] = 64
    seed: int = 0
    input: str = "noise"
    input_digest: str | None = None
    root: str | None = None
    dtype: Literal["float32", "float64"] = "float32"
    device: str = "cpu"
    repeats: Annotated[int, Field(ge=1)] = 1
    fisher_form: FisherForm = "published"
    fisher_tensors: int = 128
    fisher_weights: Annotated[int, Field(ge=1)] = 1
    fisher_position: Annotated[float, Field(ge=0, le=1)] | Literal["random"] = 0.0
    graf_no_path: Literal["published", "older"] = "published"

    if not TYPE_CHECKING:  # mypy reads the fields

        def __init__(self, **values: Any) -> None:
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise ProxyrankError(_message(error)) from None

    @field_validator("dataset")
    @classmethod
    def _known_dataset(cls, value: str) -> str:
        data_shape(value, square=False)
        return value

    @field_validator("fisher_tensors")
    @classmethod
    def _some_tensors(cls, value: int) -> int:
        if value == 0:
            raise ProxyrankError("fisher_tensors must not be 0")
        return value

    @classmethod
    def of(cls, value: "FeatureSettings | Mapping[str, Any] | None") -> Self:
        """Settings from a mapping of names to values; settings stay as they are, None gives the defaults.

        Raises
        ------
        ProxyrankError
            If a name is unknown (the nearest known one is named) or a value out of range.
        """
        return value if isinstance(value, cls) else cls(**dict(value or {}))

    def stated(self) -> dict[str, Any]:
        """The settings that were given explicitly, by name, in the order of the fields.

        The digest of images is left out where there are none.
        """
        stated = self.model_dump(mode="json", exclude_unset=True)
        if self.input_digest is None:
            stated.pop("input_digest", None)
        return stated

    def changed(self, **values: Any) -> Self:
        """These settings with some others; both count as given."""
        return type(self)(**{**self.model_dump(exclude_unset=True), **values})

    def filled(self, own: Mapping[str, Any], usual: Self | None = None) -> Self:
        """These settings; what was not given is taken from ``own``, else from ``usual``.

        Own defaults of proxies are about images: sequences and rows of a table have none.
        """
        images = len(data_shape(self.dataset, square=False).shape) == 3
        fallback = {**(usual.stated() if usual else {}), **(own if images else {})}
        return self.changed(**{name: fallback[name] for name in fallback.keys() - self.model_fields_set})

    def only(self, names: Iterable[str]) -> Self:
        """The named settings, all of them stated; the others are at their defaults."""
        kept = set(names)
        return self.model_construct(
            **{name: getattr(self, name) for name in type(self).model_fields if name in kept}
        )


def _message(error: ValidationError) -> str:
    """One line for the first thing that is wrong."""
    first = error.errors()[0]
    name, given = str(first["loc"][0]), first["input"]
    match first["type"]:
        case "extra_forbidden":
            return str(unknown("setting", name, FeatureSettings.model_fields))
        case "literal_error":
            choices = get_args(FeatureSettings.model_fields[name].annotation)
            return str(unknown(name, given, choices))
        case "greater_than_equal":
            return f"{name} must be at least {first['ctx']['ge']}, got {given}"
        case "less_than_equal":
            return f"{name} must be at most {first['ctx']['le']}, got {given}"
        case "value_error":
            return str(first["ctx"]["error"])
    return f"{name}: {first['msg']}, got {given!r}"
