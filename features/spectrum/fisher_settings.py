"""Which Fisher matrix is described."""

from dataclasses import dataclass, field

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features.spectrum.jacobian import Mode
from proxyrank.features.spectrum.matrix import FORMS, Form
from proxyrank.features.spectrum.selection import Selection


@dataclass(frozen=True)
class FisherSettings:
    """How the Fisher spectrum is computed; the defaults are the paper's.

    Attributes
    ----------
    selection
        The scalars that span the matrix.
    form
        The matrix whose spectrum the columns of the group describe.
    batch_classes, chunk, mode
        Time and memory of the passes, see `fisher_jacobians`.
    draws
        Classes drawn per image for the form ``sampled``.
    """

    selection: Selection = field(default_factory=Selection)
    form: Form = "published"
    batch_classes: bool | None = None
    chunk: int | None = None
    mode: Mode = "auto"
    draws: int = 4

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise unknown("form", self.form, FORMS)
        if self.chunk is not None and self.chunk < 1:
            raise ProxyrankError(f"chunk must be at least 1, got {self.chunk}")
