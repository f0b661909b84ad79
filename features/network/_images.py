"""Where real images come from (a folder, an array file, torchvision), and how they get their common shape."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from proxyrank.common.errors import MissingDependencyError, ProxyrankError
from proxyrank.spaces import DataShape

_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}
_IMAGE_KEYS, _LABEL_KEYS = ("x", "images", "data"), ("y", "labels", "targets")


def open_source(source: str | Path, root: str | Path | None) -> tuple[Any, Any, str]:
    """Images (indexable, arrays), labels (indexable or None) and the name of the source for messages."""
    path = Path(source)
    if path.is_dir():
        return *_folder(path), str(path)
    if path.suffix in (".npy", ".npz"):
        return *_array_file(path), str(path)
    if str(source).isidentifier():
        return *_torchvision(str(source), root), f"torchvision.datasets.{source}"
    raise ProxyrankError(
        f"{source}: neither a folder of images, an .npy or .npz file, nor a torchvision name"
    )


class _Files:
    """Image files that are read when indexed."""

    def __init__(self, paths: list[Path]) -> None:
        try:
            from PIL import Image
        except ImportError:
            raise MissingDependencyError("reading image files needs Pillow: pip install pillow") from None
        self._open = Image.open
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> np.ndarray:
        try:
            with self._open(self._paths[index]) as image:
                if image.mode.startswith("I") or image.mode == "F":  # deep grey, which converting would clip
                    return np.asarray(image)
                return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))
        except OSError as error:
            raise ProxyrankError(f"{self._paths[index]}: not a readable image ({error})") from None


def _folder(path: Path) -> tuple[_Files, list[int] | None]:
    def images(folder: Path) -> list[Path]:
        return sorted(file for file in folder.iterdir() if file.suffix.lower() in _SUFFIXES)

    if flat := images(path):
        return _Files(flat), None
    classes = [folder for folder in sorted(path.iterdir()) if folder.is_dir()]
    pairs = [(file, number) for number, folder in enumerate(classes) for file in images(folder)]
    if not pairs:
        raise ProxyrankError(f"{path}: no image files ({', '.join(sorted(_SUFFIXES))})")
    return _Files([file for file, _ in pairs]), [number for _, number in pairs]


def _array_file(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = {"x": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded}
    except FileNotFoundError:
        raise ProxyrankError(f"{path}: no such file") from None
    except (OSError, ValueError, EOFError) as error:
        raise ProxyrankError(f"{path}: not a NumPy array file ({error})") from None
    x = next((arrays[key] for key in _IMAGE_KEYS if key in arrays), None)
    y = next((arrays[key] for key in _LABEL_KEYS if key in arrays), None)
    if x is None:
        raise ProxyrankError(f"{path}: expected images as one of {_IMAGE_KEYS}, found {sorted(arrays)}")
    if x.ndim not in (2, 3, 4) or x.dtype.kind not in "uifb":
        raise ProxyrankError(
            f"{path}: expected numbers [N, H, W], [N, H, W, C], [N, C, H, W] or rows [N, F], got {x.shape}"
        )
    if y is not None and (y.shape != (len(x),) or y.dtype.kind not in "ui"):
        raise ProxyrankError(f"{path}: expected {len(x)} whole-number labels, got {y.dtype} {y.shape}")
    return x, y


class _Torchvision:
    """One column of a torchvision data set: 0 images as arrays, 1 labels."""

    def __init__(self, dataset: Any, column: int) -> None:
        self._dataset, self._column = dataset, column

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, index: int) -> Any:
        item = self._dataset[index][self._column]
        return np.asarray(item) if self._column == 0 else int(item)


def _torchvision(name: str, root: str | Path | None) -> tuple[_Torchvision, _Torchvision]:
    try:
        datasets = import_module("torchvision.datasets")
    except ImportError:
        raise MissingDependencyError(
            f"{name}: no such file or folder; as a torchvision data set it needs: pip install torchvision"
        ) from None
    factory = getattr(datasets, name, None)
    if factory is None:
        raise ProxyrankError(f"{name}: neither a file or folder nor a data set of torchvision")
    if root is None:
        raise ProxyrankError(f"torchvision.datasets.{name}: name the folder that holds its data (root)")
    try:
        dataset = factory(root=str(root), download=False)
    except (RuntimeError, OSError, TypeError) as error:
        raise ProxyrankError(f"torchvision.datasets.{name}: not usable from {root} ({error})") from None
    return _Torchvision(dataset, 0), _Torchvision(dataset, 1)


def fit_image(image: np.ndarray, config: DataShape, where: str) -> Tensor:
    """One image as [1, channels, H, W], float64, in the units of its source (8-bit ones in [0, 1]).

    Sequences and rows must have the shape that the network reads.
    """
    if len(config.shape) != 3 or image.ndim == 1:
        if image.shape != config.shape:
            given = "x".join(map(str, image.shape))
            raise ProxyrankError(f"{where}: inputs of {given}, the network reads {config.text}")
        if not np.isfinite(image).all():
            raise ProxyrankError(f"{where}: an input has values that are not finite")
        return torch.from_numpy(image.astype(np.float64))[None]
    channels, *size = config.shape
    x = torch.from_numpy(image.astype(np.float64) / (255.0 if image.dtype == np.uint8 else 1.0))
    if x.dim() == 2:
        x = x[None]
    elif x.shape[-1] in (1, 3, 4, channels) and x.shape[0] not in (1, 3, channels):
        x = x.permute(2, 0, 1)
    if len(x) != channels:
        if len(x) == 4 and channels in (1, 3):
            x = x[:3]
        if len(x) == 1:
            x = x.expand(channels, -1, -1)
        elif channels == 1:
            x = x.mean(dim=0, keepdim=True)
        if len(x) != channels:
            raise ProxyrankError(f"{where}: images of {len(x)} channels, the network reads {channels}")
    if not torch.isfinite(x).all():
        raise ProxyrankError(f"{where}: an image has values that are not finite")
    if list(x.shape[1:]) == size:
        return x[None]
    return torch.nn.functional.interpolate(x[None], size=size, mode="bilinear", antialias=True)


def checked_words(x: Tensor, config: DataShape, where: str) -> Tensor:
    """Sequences of words as whole numbers.

    Raises
    ------
    ProxyrankError
        If one is none of the network's words.
    """
    if bool((x != x.round()).any()) or bool((x < 0).any()) or bool((x >= config.words).any()):
        raise ProxyrankError(f"{where}: expected words from 0 to {config.words - 1}")
    return x.long()
