"""Networks of a user's own that a builder makes, one per row of a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.cli import arguments, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.tabular import read_table
from proxyrank.spaces import data_shape
from proxyrank.spaces.files import FileFunction
from proxyrank.spaces.table import TableSpace
from proxyrank.spaces.table_file import read_table_space, table_space

if TYPE_CHECKING:
    import pandas as pd


def trained_space(
    build: str | None,
    dataset: str | None,
    candidates: str | None,
    labels: str | None,
    *,
    key: str | None = None,
    label: str | None = None,
    logits: str | None = None,
    timeout: float | None = None,
    sentinels: Sequence[float] | None = None,
) -> TableSpace:
    """The rows of ``--candidates``, without the column that is learnt, built by ``--build``.

    Raises
    ------
    ProxyrankError
        If there is no table, or `built_space` raises.
    """
    if candidates is None:
        raise ProxyrankError("--build needs --candidates, the table whose rows it is called with")
    learnt = label or (
        only_label(arguments.data_path(candidates, "--candidates"), labels, key) if labels else None
    )
    return built_space(
        build, dataset, candidates, key=key, label=learnt, logits=logits, timeout=timeout, sentinels=sentinels
    )


def only_label(features: Path, labels: str, key: str | None) -> str | None:
    """The one column of the labels that the table of architectures has not; None where that does not tell."""
    known = list(read_table(features, "--features"))
    read = map(str, read_table(arguments.data_path(labels, "--labels")))
    more = [name for name in read if name not in (*known, key)]
    return more[0] if len(more) == 1 else None


def built_space(
    build: str | None,
    dataset: str | None,
    candidates: str | None,
    rows: Sequence[str] = (),
    *,
    key: str | None = None,
    label: str | None = None,
    logits: str | None = None,
    timeout: float | None = None,
    sentinels: Sequence[float] | None = None,
) -> TableSpace:
    """The rows of ``--candidates``, or those given as ``depth=3,width=32``, built by ``--build``.

    Raises
    ------
    ProxyrankError
        If the table or the builder will not do.
    """
    maker = FileFunction.of(build, logits=logits, timeout=timeout) if build else None
    data = data_shape(dataset or "cifar10", square=False)
    if (candidates is None) == (not rows):
        raise ProxyrankError("say which networks: --candidates TABLE, or arguments such as depth=3,width=32")
    if candidates is None:
        where, notes = table_space(_table_of(rows), "the arguments", build=maker, data=data)
    else:
        file = arguments.data_path(candidates, "--candidates")
        where, notes = read_table_space(
            file,
            key=key,
            label=label,
            option="--candidates",
            build=maker,
            data=data,
            sentinels=sentinels or (),
        )
    output.notes(notes)
    return where


def _table_of(rows: Sequence[str]) -> "pd.DataFrame":
    """Arguments such as ``depth=3,width=32`` as a table of texts; what one leaves out is blank."""
    import pandas as pd

    for row in rows:
        if any("=" not in part for part in row.split(",")):
            raise ProxyrankError(f"{row}: expected COLUMN=VALUE joined by commas, such as depth=3,width=32")
    pairs = [dict(part.split("=", 1) for part in row.split(",")) for row in rows]
    return pd.DataFrame(pairs).fillna("")
