"""Config: the options of an architecture as numbers, in spaces that have options."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import SearchSpace, is_numeric, require

NAME = "config"


def config_columns(space: SearchSpace) -> list[str]:
    """Columns of a space, read off its declared options and nothing else, so equal for any architectures.

    ``config_depth`` for an option whose choices are all numbers, and one column per choice for another one,
    such as ``config_activation=relu``.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    return [name for name, _, _ in _terms(space)]


def config_frame(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> pd.DataFrame:
    """Numbers as they are (truth values 0 and 1), other choices one-hot; the settings change nothing.

    Raises
    ------
    ProxyrankError
        If the space has no options.
    """
    configured = require(space, "config", f"the feature group {NAME}")
    terms = _terms(space)
    rows = []
    for arch in archs:
        config = configured.config(arch)
        rows.append(
            [
                float(config[option]) if choice is None else float(config[option] == choice)
                for _, option, choice in terms
            ]
        )
    return frame_of(archs, [name for name, _, _ in terms], rows)


def _terms(space: SearchSpace) -> list[tuple[str, str, Any]]:
    """Column, option, and the choice that a one-hot column stands for (None in a numeric one)."""
    options = require(space, "options", f"the feature group {NAME}").options
    terms: list[tuple[str, str, Any]] = []
    for option, choices in options.items():
        if is_numeric(choices):
            terms.append((f"{NAME}_{option}", option, None))
        else:
            terms += [(f"{NAME}_{option}={choice}", option, choice) for choice in choices]
    return terms


CONFIG = FeatureGroup(
    name=NAME,
    summary="config: options of the architecture, numbers as they are, words one-hot",
    version=1,
    needs_network=False,
    columns=config_columns,
    compute=config_frame,
    needs=("options", "config"),
)
