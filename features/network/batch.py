"""Image batches for untrained networks: white or pink noise, a folder of images, an array file, torchvision.

Every draw comes from NumPy generators seeded by names, so a batch is the same on every device and in every
process, and torch's global generator is never touched.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from proxyrank.common.errors import MissingDependencyError, ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.features.network._pink import pink_image
from proxyrank.spaces import DataShape

_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}
_IMAGE_KEYS, _LABEL_KEYS = ("x", "images", "data"), ("y", "labels", "targets")

Device = str | torch.device


@dataclass(frozen=True)
class Batch:
    """Images with labels, and a second batch of the same size for the proxies that compare two.

    Attributes
    ----------
    x
        Images [B, channels, R, R].
    y
        Class numbers [B], int64.
    x2, y2
        The second batch, None where the images did not suffice for two.
    """

    x: Tensor
    y: Tensor
    x2: Tensor | None = None
    y2: Tensor | None = None

    def __post_init__(self) -> None:
        for name, x, y in (("first", self.x, self.y), ("second", self.x2, self.y2)):
            if x is None or y is None:
                if x is not None or y is not None or name == "first":
                    raise ProxyrankError(f"the {name} batch needs both images and labels")
                continue
            if x.dim() < 2 or y.dim() != 1 or len(x) != len(y) or not len(x):
                raise ProxyrankError(
                    f"the {name} batch must be images [B, ...] and labels [B] with B at least 1, "
                    f"got {list(x.shape)} and {list(y.shape)}"
                )

    @property
    def size(self) -> int:
        """Number of images B."""
        return len(self.x)

    def to(self, *, dtype: torch.dtype | None = None, device: Device | None = None) -> "Batch":
        """Copy with the images in another precision, everything on another device."""

        def move(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
            return x.to(dtype=dtype, device=device or x.device), y.to(device=device or y.device)

        if self.x2 is None or self.y2 is None:
            return Batch(*move(self.x, self.y))
        return Batch(*move(self.x, self.y), *move(self.x2, self.y2))


def require_batch_size(batch_size: int, minimum: int = 1, *, needed_by: str = "") -> int:
    """Check a batch size before anything is built.

    Raises
    ------
    ProxyrankError
        If it is under the minimum; the message names who needs it.
    """
    if batch_size < minimum:
        why = f" ({needed_by} needs {minimum} samples)" if needed_by else ""
        raise ProxyrankError(f"batch size must be at least {minimum}, got {batch_size}{why}")
    return batch_size


def noise_batch(
    config: DataShape,
    batch_size: int,
    seed: int,
    *,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
) -> Batch:
    """Two batches of standard-normal noise with uniformly drawn labels.

    The noise is rounded to float32 whatever ``dtype`` is, so that a float64 network sees the same images.

    Raises
    ------
    ProxyrankError
        If ``batch_size`` is under 1.
    """
    require_batch_size(batch_size)
    shape = (batch_size, config.channels, config.resolution, config.resolution)

    def draw(which: int) -> tuple[Tensor, Tensor]:
        x = derive_rng("noise", seed, "images", which).standard_normal(shape, dtype=np.float32)
        y = derive_rng("noise", seed, "labels", which).integers(0, config.classes, size=batch_size)
        return torch.from_numpy(x).to(device=device, dtype=dtype), torch.from_numpy(y).to(device)

    return Batch(*draw(1), *draw(2))


def pink_batch(
    config: DataShape,
    batch_size: int,
    seed: int,
    *,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
) -> Batch:
    """Two batches of noise with the spectrum, brightness and contrast of photographs, labels uniform.

    Image i of either batch is drawn by a generator of its own, seeded by ``seed``, the batch and i, so that
    a larger batch begins with the same draws:

    * spectrum: fields of amplitude 1 / f, at f = 0 as at 1 / R, each of unit deviation; 0.95 times a field
      that the channels share plus 0.3 times one of each channel's own;
    * contrast: that, less its mean over channels and pixels, times 0.8 exp(0.4 N);
    * brightness: plus 0.65 N, and 0.15 N per channel, N standard normal throughout.

    Then every channel is standardised over the images and pixels of its batch (`image_batch` treats real
    images alike), which is all that an image owes to the others. Dividing by the constant 1.149, the
    deviation over all images, instead does as well: Kendall's tau of jacov and naswot with the accuracy on
    60 cells of ImageNet16-120, batch 64, .579 / .609 against .592 / .609, and .495 / .586 on white noise.
    Images are rounded to float32 whatever ``dtype`` is.

    Raises
    ------
    ProxyrankError
        If ``batch_size`` is under 1.
    """
    require_batch_size(batch_size)

    def draw(which: int) -> tuple[Tensor, Tensor]:
        x = np.stack(
            [
                pink_image(derive_rng("pink", seed, "image", which, i), config.channels, config.resolution)
                for i in range(batch_size)
            ]
        )
        y = derive_rng("pink", seed, "labels", which).integers(0, config.classes, size=batch_size)
        images = _standardised(torch.from_numpy(x)).float()
        return images.to(device=device, dtype=dtype), torch.from_numpy(y).to(device)

    return Batch(*draw(1), *draw(2))


SYNTHETIC = {"noise": noise_batch, "pink": pink_batch}
"""Inputs that need no data, by name: white and pink noise."""


def input_batch(
    source: str | Path,
    config: DataShape,
    batch_size: int,
    seed: int,
    *,
    root: str | Path | None = None,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
) -> Batch:
    """Two batches of a kind of `SYNTHETIC`, else of real images: `image_batch`.

    A folder of images called ``noise`` or ``pink`` is written ``./noise``.
    """
    if source in SYNTHETIC:
        return SYNTHETIC[str(source)](config, batch_size, seed, dtype=dtype, device=device)
    return image_batch(source, config, batch_size, seed, root=root, dtype=dtype, device=device)


def image_batch(
    source: str | Path,
    config: DataShape,
    batch_size: int,
    seed: int,
    *,
    root: str | Path | None = None,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
) -> Batch:
    """Two batches of real images, drawn without replacement by ``seed``.

    Images are brought to the network's channels (grey repeated, colours averaged) and resolution (bilinear,
    antialiased), then standardised a channel over the images drawn. Labels come with the source, else they
    are drawn uniformly. With fewer than two batches of images there is no second batch.

    Parameters
    ----------
    source
        A folder of image files (a subfolder a class, or flat: no labels); an ``.npy`` or ``.npz`` file with
        images [N, H, W], [N, H, W, C] or [N, C, H, W] (``x``, ``images`` or ``data``) and perhaps labels [N]
        (``y``, ``labels`` or ``targets``); else the name of a data set class of torchvision.
    config
        Channels, resolution and classes of the network.
    batch_size
        Images a batch.
    seed
        Seed of the draw.
    root
        Folder of torchvision's data; needed for a torchvision name, nothing is downloaded.
    dtype, device
        Of the result.

    Raises
    ------
    ProxyrankError
        If the source is missing, unreadable or too small, every image drawn is constant, or a label is not a
        class of the network.
    MissingDependencyError
        If Pillow or torchvision is needed and absent.
    """
    require_batch_size(batch_size)
    images, labels, where = _open(source, root)
    if len(images) < batch_size:
        raise ProxyrankError(f"{where}: {len(images)} images, a batch needs {batch_size}")
    order = derive_rng("images", seed, "order").permutation(len(images))
    count = 2 * batch_size if len(images) >= 2 * batch_size else batch_size
    chosen = [int(i) for i in order[:count]]
    x = torch.cat([_fit(images[i], config, where) for i in chosen])
    if bool((x.amax(dim=(1, 2, 3)) == x.amin(dim=(1, 2, 3))).all()):
        raise ProxyrankError(f"{where}: each of the {count} images drawn is constant")
    x = _standardised(x).float().to(device=device, dtype=dtype)
    if labels is None:
        y = derive_rng("images", seed, "labels").integers(0, config.classes, size=count)
    else:
        y = np.array([labels[i] for i in chosen], dtype=np.int64)
        if y.min() < 0 or y.max() >= config.classes:
            wrong = int(y.min() if y.min() < 0 else y.max())
            raise ProxyrankError(f"{where}: label {wrong} is not one of the {config.classes} classes, from 0")
    target = torch.from_numpy(y).to(device)
    first = slice(0, batch_size)
    second = slice(batch_size, count)
    if count == batch_size:
        return Batch(x[first], target[first])
    return Batch(x[first], target[first], x[second], target[second])


def image_shape(source: str | Path, root: str | Path | None = None) -> DataShape:
    """Shape of the images of a source as `image_batch` takes it, whose size they then keep.

    Parameters
    ----------
    source, root
        As for `image_batch`.

    Returns
    -------
    DataShape
        Channels and pixels of the first image; as many classes as its labels have, 10 without labels.

    Raises
    ------
    ProxyrankError
        As `image_batch`, and if the images are not square.
    """
    images, labels, where = _open(source, root)
    if not len(images):
        raise ProxyrankError(f"{where}: no images")
    shape = images[0].shape
    if len(shape) == 2:
        shape = (1, *shape)
    elif shape[-1] in (1, 3, 4) and shape[0] not in (1, 3):
        shape = (shape[-1], *shape[:-1])
    if shape[1] != shape[2]:
        raise ProxyrankError(
            f"{where}: images of {shape[1]} x {shape[2]} pixels; give square ones, or --shape"
        )
    known = [] if labels is None else [int(labels[i]) for i in range(len(labels))]
    return DataShape(min(int(shape[0]), 3), int(shape[1]), max(known, default=9) + 1)


def _standardised(x: Tensor) -> Tensor:
    """Images [B, C, H, W] with mean zero and deviation one in each channel; a constant channel is zero."""
    mean, std = x.mean(dim=(0, 2, 3), keepdim=True), x.std(dim=(0, 2, 3), keepdim=True, correction=0)
    return (x - mean) / std.where(std > 0, 1.0)


def _open(source: str | Path, root: str | Path | None) -> tuple[Any, Any, str]:
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
    if x.ndim not in (3, 4) or x.dtype.kind not in "uifb":
        raise ProxyrankError(
            f"{path}: expected numbers [N, H, W], [N, H, W, C] or [N, C, H, W], got {x.shape}"
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


def _fit(image: np.ndarray, config: DataShape, where: str) -> Tensor:
    """One image as [1, channels, R, R], float64, in the units of its source (8-bit ones in [0, 1])."""
    x = torch.from_numpy(image.astype(np.float64) / (255.0 if image.dtype == np.uint8 else 1.0))
    if x.dim() == 2:
        x = x[None]
    elif x.shape[-1] in (1, 3, 4, config.channels) and x.shape[0] not in (1, 3, config.channels):
        x = x.permute(2, 0, 1)
    if len(x) != config.channels:
        if len(x) == 4 and config.channels in (1, 3):
            x = x[:3]
        if len(x) == 1:
            x = x.expand(config.channels, -1, -1)
        elif config.channels == 1:
            x = x.mean(dim=0, keepdim=True)
        if len(x) != config.channels:
            raise ProxyrankError(f"{where}: images of {len(x)} channels, the network reads {config.channels}")
    if not torch.isfinite(x).all():
        raise ProxyrankError(f"{where}: an image has values that are not finite")
    size = (config.resolution, config.resolution)
    if tuple(x.shape[1:]) == size:
        return x[None]
    return torch.nn.functional.interpolate(x[None], size=size, mode="bilinear", antialias=True)
