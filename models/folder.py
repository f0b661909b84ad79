"""A ranker's folder: what was fitted (``ranker.json``), on which architectures, and the model's files."""

from collections.abc import Sequence
from pathlib import Path

from proxyrank.common.digests import archs_lines
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import atomic_folder
from proxyrank.common.records import read_record, write_record
from proxyrank.models._format1 import renamed
from proxyrank.models.base import TabularRanker
from proxyrank.models.card import FORMAT, RankerCard
from proxyrank.models.storage import load_model, read_checked, save_model

OLD_FORMAT = "proxyrank-ranker/1"
CARD_FILE = "ranker.json"
ARCHS_FILE = "train_archs.txt"


def write_folder(
    folder: str | Path, card: RankerCard, archs: Sequence[str], estimator: TabularRanker
) -> None:
    """Write a ranker folder; it appears whole or not at all. Equal rankers give equal bytes.

    Raises
    ------
    ProxyrankError
        If the parent folder does not exist, or something else than a ranker is there.
    """
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CARD_FILE).is_file():
        raise ProxyrankError(f"{folder}: not empty and not a ranker folder, it is left alone")
    with atomic_folder(folder) as path:
        save_model(estimator, path)
        (path / ARCHS_FILE).write_bytes(archs_lines(archs))
        write_record(card, path / CARD_FILE)


def read_folder(folder: str | Path) -> tuple[RankerCard, tuple[str, ...], TabularRanker]:
    """Card, training architectures and estimator of a ranker folder; nothing in it is unpickled.

    Raises
    ------
    ProxyrankError
        If a file is missing, damaged, or of another format; one line that names the file.
    """
    folder = Path(folder)
    card = read_card(folder)
    archs = read_checked(folder / ARCHS_FILE, card.train_archs_sha256).decode().splitlines()
    estimator = load_model(folder)
    if estimator.n_features_in_ != len(card.feature_names):
        raise ProxyrankError(
            f"{folder / CARD_FILE}: names {len(card.feature_names)} features, the model beside it has "
            f"{estimator.n_features_in_}"
        )
    return card, tuple(archs), estimator


def read_card(folder: str | Path) -> RankerCard:
    """Only ``ranker.json`` of a ranker folder.

    Raises
    ------
    ProxyrankError
        If the folder or the file is missing, damaged, or of another format.
    """
    path = Path(folder) / CARD_FILE
    if not path.is_file():
        raise ProxyrankError(f"{folder}: not a ranker folder, it has no {CARD_FILE}")
    card = read_record(path, RankerCard, format=(FORMAT, OLD_FORMAT))
    if card.format == OLD_FORMAT:
        return card.model_copy(update={"format": FORMAT, "params": renamed(card.params)})
    return card
