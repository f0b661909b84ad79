"""VKDNW under several settings of the Fisher matrix, from one set of passes per network."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.common.threads import one_thread
from proxyrank.features.network.score import score_archs_with
from proxyrank.features.network.score_settings import fisher_settings
from proxyrank.features.proxies import Missing, Proxy
from proxyrank.features.proxies.vkdnw import COLUMNS
from proxyrank.features.rows import Rows
from proxyrank.features.settings import IMAGES, FeatureSettings
from proxyrank.spaces import SearchSpace

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def fisher_ablation(
    space: SearchSpace, archs: Sequence[str], variants: Mapping[str, FeatureSettings]
) -> dict[str, Rows]:
    """The columns of the group ``vkdnw`` of architectures under each of several settings.

    A network is built and differentiated once for all of them (tables 8 and 9 of the paper: 6 and 11
    variants); the values are those that each alone gives.

    Parameters
    ----------
    space
        Their search space.
    archs
        Exact spellings.
    variants
        Settings by name; they may differ in ``fisher_*`` only.

    Returns
    -------
    dict of str to Rows
        By name, as `compute_features` gives them for these settings.

    Raises
    ------
    ProxyrankError
        If the variants differ in anything else, or there is none.
    """
    images = {name: settings.only(IMAGES) for name, settings in variants.items()}
    if len(set(images.values())) != 1:
        raise ProxyrankError("variants of the Fisher matrix must share their images, and be at least one")
    proxy = Proxy(
        name="vkdnw_ablation",
        compute=lambda passes: _values(passes, variants),
        meaning="vkdnw under several settings",
        paper="Tybl and Neumann, VKDNW, CVPR 2025, arXiv 2502.04975",
        columns=tuple(_column(name, column) for name in variants for column in COLUMNS),
    )
    with one_thread():
        found = score_archs_with(space, archs, [proxy], next(iter(images.values())))
    return {name: _own(found, name) for name in variants}


def _values(passes: "Passes", variants: Mapping[str, FeatureSettings]) -> dict[str, float | Missing]:
    from proxyrank.features.spectrum.describe import vkdnw_ablation

    settings = [fisher_settings(one) for one in variants.values()]
    outcomes = vkdnw_ablation(passes.network, passes.batch, settings)
    dim = float(sum(1 for _ in passes.network.parameters()))
    values: dict[str, float | Missing] = {}
    for name, outcome in zip(variants, outcomes, strict=True):
        gap = Missing(str(outcome)) if isinstance(outcome, NotApplicableError) else None
        for column in COLUMNS:
            values[_column(name, column)] = gap or outcome[column]  # type: ignore[index]
        values[_column(name, "vkdnw_dim")] = dim  # stands where the spectrum has no description
    return values


def _column(name: str, column: str) -> str:
    return f"{name}:{column}"


def _own(rows: Rows, name: str) -> Rows:
    """Columns of one variant, under their own names."""
    own = rows.columns([_column(name, column) for column in COLUMNS])
    names = {_column(name, column): column for column in COLUMNS}
    reasons = {names[column]: of_column for column, of_column in own.reasons.items()}
    return Rows(own.values.rename(columns=names), reasons)
