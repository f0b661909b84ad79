"""The search space of a table: every row is an architecture, whatever it is called."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from proxyrank.common.digests import short_digest
from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.common.failed import Counts
from proxyrank.common.limits import user_code
from proxyrank.spaces._choices import Choice, as_number, shown, written
from proxyrank.spaces._measure import measured
from proxyrank.spaces.base import Sizes
from proxyrank.spaces.data import DataShape, data_shape

if TYPE_CHECKING:
    from torch import nn

Row = Mapping[str, Choice | None]
"""Column -> value of one architecture; None where the cell is blank."""


class TableSpace:
    """Architectures that a table lists, such as the candidates of a family of one's own.

    An architecture is written as the column ``key`` names it or, where there is no such column, as its row:
    ``depth=3,activation=relu``.

    Parameters
    ----------
    options
        Columns that describe an architecture -> the categories of a column of words; none for one of numbers.
    rows
        Exact spelling -> its row; None where no table is at hand, as in a ranker's folder: any name will do
        then, and nothing is known about it.
    key
        Column with the names; None where the row itself is the name.
    source
        File of the table, for messages.
    build
        Called with the values of a row by column, blank ones left out; returns an untrained torch module from
        images to logits.
    data
        Images and classes that the networks are made for; goes with ``build``.
    sentinels
        Numbers, besides -1e8, that stood for a failed computation.
    failed
        Infinities and sentinels that were counted as blank when the table was read.
    code
        File and digest of the builder that made a table of features; that of ``build`` where there is one.

    Attributes
    ----------
    archs : callable or None
        As in `FullSpace`; None without rows.
    network, sizes : callable or None
        As in `FullSpace`; None without ``build``.
    limit
        Seconds that all that is computed of a network may take; None for no limit.

    Examples
    --------
    >>> rows = {"a": {"depth": 3, "act": "relu"}, "b": {"depth": 4, "act": "tanh"}}
    >>> space = TableSpace({"depth": (), "act": ("relu", "tanh")}, rows, key="arch")
    >>> space.archs(), space.config("b")
    (['a', 'b'], {'depth': 4, 'act': 'tanh'})
    """

    name = "table"

    def __init__(
        self,
        options: Mapping[str, Sequence[str]],
        rows: Mapping[str, Row] | None = None,
        *,
        key: str | None = None,
        source: str = "the table",
        build: "Callable[..., nn.Module] | None" = None,
        data: DataShape | None = None,
        sentinels: Sequence[float] = (),
        failed: Counts | None = None,
        code: Mapping[str, str] | None = None,
    ) -> None:
        self.options = {option: tuple(words) for option, words in options.items()}
        self.key, self.source = key, source
        self.sentinels, self.failed = tuple(sentinels), failed or {}
        self.arch_columns = tuple(self.options) if key is None else (key,)
        self._rows = None if rows is None else dict(rows)
        self._build = build
        self.code: dict[str, str] | None = getattr(build, "code", None) or (dict(code) if code else None)
        self.data = data if build is not None else None
        self.archs = None if rows is None else self._archs
        self.network = None if build is None else self._network
        self.limit: float | None = getattr(build, "limit", None)
        self.sizes = None if build is None else self._sizes

    @classmethod
    def of(cls, hyperparameters: Mapping[str, Any]) -> Self:
        """The space without its rows that `hyperparameters` describe.

        Raises
        ------
        KeyError, TypeError, AttributeError
            If they are of another kind.
        """
        sentinels = hyperparameters.get("sentinels", ())
        return cls(dict(hyperparameters["options"]), key=hyperparameters["key"], sentinels=sentinels)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Columns, their categories, which column holds the names, and declared sentinels."""
        declared = {"sentinels": list(self.sentinels)} if self.sentinels else {}
        options = {option: list(words) for option, words in self.options.items()}
        return {"key": self.key, "options": options, **declared}

    @property
    def names(self) -> list[str]:
        """Exact spellings in the order of the table."""
        return list(self._rows or ())

    @property
    def stated(self) -> dict[str, Any]:
        """The hyperparameters, and a digest of all rows and of the file that builds the networks."""
        built = [getattr(self._build, "digest", None)]
        if which := getattr(self._build, "logits", None):
            built.append(which)
        content = json.dumps([self._rows, *built], sort_keys=True, default=str)
        return {**self.hyperparameters, "content": short_digest(content)}

    def without(self, columns: Collection[str]) -> "TableSpace":
        """The same architectures described by the other columns; it takes a table with a column of names."""
        options = {option: words for option, words in self.options.items() if option not in columns}
        rows = {arch: {c: row[c] for c in options} for arch, row in (self._rows or {}).items()}
        return TableSpace(
            options,
            None if self._rows is None else rows,
            key=self.key,
            source=self.source,
            build=self._build,
            data=self.data,
            sentinels=self.sentinels,
            failed=self.failed,
            code=self.code,
        )

    def parse(self, text: Any) -> str:
        """The name of an architecture, of which the table must have a row.

        Where rows are names, a mapping, ``act=relu,depth=3`` in any order and ``3:relu`` in the order of the
        columns are spellings too.

        Raises
        ------
        ArchitectureError
            If it is blank, not printable, or the table has no such row.
        """
        name = str(text).strip()
        if self.key is None and not (self._rows is not None and name in self._rows):
            name = row_name(self._by_column(text))
        if not name or not name.isprintable():
            raise ArchitectureError(f"{shown(text)} is no name of an architecture")
        if self._rows is not None and name not in self._rows:
            raise ArchitectureError(f"{self.source} has no row for {shown(name)}")
        return name

    def config(self, arch: Any) -> Row:
        """The row of an architecture.

        Raises
        ------
        ProxyrankError
            If there is no table, or it has no such row.
        """
        if self._rows is None:
            raise ProxyrankError(
                "this ranker was trained on a table of architectures: give one that describes those to rank "
                "with --features"
            )
        return self._rows[self.parse(arch)]

    def _by_column(self, text: Any) -> Row:
        """Value of each column, of a spelling of a row."""
        given: Mapping[str, Any]
        if isinstance(text, Mapping):
            given = text
        elif "=" in str(text):
            given = dict(part.partition("=")[::2] for part in str(text).split(","))
        else:
            given = dict(zip(self.options, str(text).split(":"), strict=False))
        given = {str(column).strip(): value for column, value in given.items()}
        if set(given) != set(self.options):
            raise ArchitectureError(
                f"expected a value for each of {', '.join(self.options)}, got {shown(text)}"
            )
        return {
            column: str(given[column]).strip() if words else as_number(given[column])
            for column, words in self.options.items()
        }

    def _archs(self, population: str = "all") -> list[str]:
        if population != "all":
            raise ProxyrankError(f"a table of architectures has no population {population!r}, only all")
        return sorted(self._rows or ())

    def _network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        shape = data_shape(dataset, square=False)
        if shape != self.data:
            raise ProxyrankError(f"the networks of {self.source} are made for {self.data}, not for {shape}")
        assert self._build is not None
        return self._build(
            **{column: value for column, value in self.config(arch).items() if value is not None}
        )

    def _sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        assert self.data is not None
        with user_code(self.limit, "measuring it"):
            return Sizes(*measured(lambda: self._network(arch, dataset), self.data))


def row_name(row: Row) -> str:
    """How an architecture without a name is written: ``depth=3,activation=relu``."""
    return ",".join(f"{column}={'' if value is None else written(value)}" for column, value in row.items())
