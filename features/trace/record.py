"""What one pass through a network computes: operations, what each reads, and how large it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from proxyrank.spaces.graph import Merge, Operation


@dataclass(frozen=True)
class Size:
    """Size of a value of one image (or sequence, or row).

    Attributes
    ----------
    width
        Channels.
    positions
        Pixels or tokens.
    """

    width: int
    positions: int


@dataclass(frozen=True)
class Record:
    """One operation, or a place where values meet.

    Attributes
    ----------
    operation
        The operation; None where values only meet.
    sources
        Records read, each before this one; 0 is the input.
    size
        Of the result.
    merge
        How the values that are read become one.
    macs
        Multiply-accumulates for one image.
    """

    operation: Operation | None
    sources: tuple[int, ...]
    size: Size
    merge: Merge = "sum"
    macs: int = 0


@dataclass
class Recording:
    """Records in the order in which they ran, the input first.

    Attributes
    ----------
    records
        The records.
    products
        Records that are products of two values (queries with keys, say).
    scores
        Softmax of such a product -> the product.
    """

    records: list[Record]
    products: set[int] = field(default_factory=set)
    scores: dict[int, int] = field(default_factory=dict)

    def add(
        self,
        operation: Operation | None,
        sources: Sequence[int],
        size: Size,
        *,
        merge: Merge = "sum",
        macs: int = 0,
    ) -> int:
        """Write a record down and return its number."""
        self.records.append(Record(operation, tuple(sources), size, merge, macs))
        return len(self.records) - 1
