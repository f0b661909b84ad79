"""``score``: zero-cost proxies of a few networks, for the terminal, a file or a script."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proxyrank.cli import options, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import SearchSpace, default_dataset, get_space, parse_all

if TYPE_CHECKING:
    from torch import nn

    from proxyrank.features.network.score import Scores
    from proxyrank.features.network.score_settings import ScoreSettings

_FEW = 6
"""Columns of numbers that a terminal holds beside the names."""


def score(
    cells: Annotated[list[str] | None, typer.Argument(help="Architectures, as strings or tuples.")] = None,
    archs: options.Archs = None,
    module: Annotated[
        str | None,
        typer.Option(help="Score any torch module instead: package:factory, called without arguments."),
    ] = None,
    proxies: Annotated[str, typer.Option(help="Names joined by commas, or all; see proxies.")] = "all",
    dataset: options.OwnDataset = None,
    batch_size: Annotated[int, typer.Option(help="Images a batch.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of weights, images and labels.")] = 0,
    repeats: Annotated[int, typer.Option(help="Seeds to score with; more than one: mean and spread.")] = 1,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto: CUDA where there is one.")] = "auto",
    images: Annotated[
        str,
        typer.Option(
            "--input", help="noise, pink, a folder of images, an .npy/.npz file, a torchvision name."
        ),
    ] = "noise",
    root: Annotated[str | None, typer.Option(help="Folder of torchvision's data.")] = None,
    dtype: Annotated[str, typer.Option(help="float32 or float64.")] = "float32",
    space: options.Space = "nb201",
    out: Annotated[
        Path | None, typer.Option(help="Table to write (.csv, .json, .parquet); its settings go beside it.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Score untrained networks by zero-cost proxies: the given cells, those of --archs, or --module."""
    from proxyrank.features.network.score import score_archs, score_factories
    from proxyrank.features.network.score_settings import ScoreSettings, resolve_device

    where = get_space(space)
    settings = ScoreSettings(
        dataset=dataset or (None if module else default_dataset(where)) or "cifar10",
        batch_size=batch_size,
        seed=seed,
        input=images,
        root=root,
        dtype=dtype,  # type: ignore[arg-type]  # checked there
        device=device,
        repeats=repeats,
    )
    if device == "auto" and resolve_device(device).type == "cpu":
        output.note("device auto: no CUDA device, using the CPU")
    if module:
        if cells or archs:
            raise ProxyrankError("give either architectures or --module, not both")
        scores = score_factories({module: load_factory(module)}, proxies, settings)
    else:
        scores = score_archs(where, _wanted(where, cells, archs), proxies, settings)
    if out:
        write_scores(out, scores, "module" if module else space, proxies, settings)
    if json:
        output.print_json(_as_json(scores, settings))
    else:
        _print(scores)


def load_factory(text: str) -> "Callable[[], nn.Module]":
    """Find the function that ``package.module:name`` names; the working folder is searched too.

    Raises
    ------
    ProxyrankError
        If there is no such module or function, or it does not make a torch module.
    """
    from torch import nn

    package, colon, name = text.partition(":")
    if not package or not colon or not name:
        raise ProxyrankError(
            f"--module {text}: expected package:factory, such as torchvision.models:resnet18"
        )
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        factory = getattr(import_module(package), name)
    except ImportError as error:
        raise ProxyrankError(f"--module {text}: cannot import {package} ({error})") from None
    except AttributeError:
        raise ProxyrankError(f"--module {text}: {package} has no {name}") from None
    finally:
        sys.path.remove(here)

    def build() -> nn.Module:
        made = factory() if callable(factory) and not isinstance(factory, nn.Module) else factory
        if not isinstance(made, nn.Module):
            raise ProxyrankError(f"--module {text}: expected a torch.nn.Module, got {type(made).__name__}")
        return made

    return build


def write_scores(out: Path, scores: "Scores", where: str, proxies: str, settings: "ScoreSettings") -> None:
    """Write the scores and, beside them, their settings and the reasons of the gaps."""
    from proxyrank.features.network.network_groups import MEMBERS, NETWORK_GROUPS
    from proxyrank.features.network.score_settings import resolve_device
    from proxyrank.features.proxies import PROXIES, get_proxies
    from proxyrank.features.tables.table import FeatureTable, GroupInfo, Sidecar

    given = {**asdict(settings), "device": str(resolve_device(settings.device))}
    groups = {}
    chosen = set(get_proxies(proxies))
    for group in NETWORK_GROUPS:
        own = {
            column
            for name in MEMBERS[group.name]
            if PROXIES[name] in chosen
            for column in PROXIES[name].columns
        }
        columns = [column for column in scores.frame.columns if column.removesuffix("_std") in own]
        if columns:
            groups[group.name] = GroupInfo(
                version=group.version, columns=columns, settings=group.resolve(given)
            )
    FeatureTable(scores.frame, Sidecar(space=where, groups=groups, status=scores.status)).write(out)


def _wanted(space: SearchSpace, cells: list[str] | None, archs: str | None) -> list[str]:
    if bool(cells) == bool(archs):
        raise ProxyrankError(
            "say which networks: cells as arguments, --archs FILE or --module package:factory"
        )
    if cells:
        return parse_all(space, cells, lambda i: f"argument {i + 1}")
    from proxyrank.cli.candidates import read_candidates

    return list(read_candidates(space, archs or "").index)


def _as_json(scores: "Scores", settings: "ScoreSettings") -> dict[str, Any]:
    import torch

    from proxyrank.features.network.network_groups import FACTS
    from proxyrank.features.network.score_settings import resolve_device

    device = str(resolve_device(settings.device))
    return {
        "settings": {**asdict(settings), "device": device, **FACTS, "threads": torch.get_num_threads()},
        "scores": output.records(scores.frame.reset_index()),
        "status": scores.status,
    }


def _print(scores: "Scores") -> None:
    """One row a network where there are few columns, else one column a network; the gaps' reasons below."""
    frame = scores.frame
    if len(frame.columns) <= _FEW:
        table = [(arch, *map(_number, row)) for arch, row in zip(frame.index, frame.to_numpy(), strict=True)]
        output.print_rows(("arch", *frame.columns), table)
    else:
        for start in range(0, len(frame), _FEW):
            part = frame.iloc[start : start + _FEW]
            names = [f"[{start + i + 1}]" for i in range(len(part))]
            output.print_rows(("proxy", *names), [(c, *map(_number, part[c])) for c in part.columns])
            for name, arch in zip(names, part.index, strict=True):
                print(f"{name} {arch}")
    gaps: dict[tuple[str, str], list[str]] = {}
    for column, by_arch in scores.status.items():
        for arch, reason in by_arch.items():
            gaps.setdefault((arch, reason), []).append(column)
    for (arch, reason), columns in gaps.items():
        print(f"no value for {arch}: {reason} ({', '.join(columns)})")


def _number(value: float) -> str:
    return "-" if value != value else f"{value:.6g}"
