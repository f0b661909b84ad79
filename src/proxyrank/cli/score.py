"""``score``: zero-cost proxies of a few networks, for the terminal, a file or a script."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.built_table import built_space
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.limits import SCORING, STEP
from proxyrank.common.optional import optional
from proxyrank.spaces import SearchSpace, default_dataset, get_space, parse_all, stated_code
from proxyrank.spaces.table import TableSpace

if TYPE_CHECKING:
    from proxyrank.features.rows import Rows
    from proxyrank.features.settings import FeatureSettings

_FEW = 6
"""Columns of numbers that a terminal holds beside the names."""


def score(
    cells: Annotated[list[str] | None, typer.Argument(help="Architectures, as strings or tuples.")] = None,
    archs: options.Archs = None,
    module: Annotated[
        list[str] | None,
        typer.Option(
            help="Score any torch module instead: package:factory, called without arguments; may be "
            "given several times."
        ),
    ] = None,
    build_timeout: options.BuildTimeout = None,
    candidates: options.Candidates = None,
    build: Annotated[
        str | None,
        typer.Option(
            help="FILE.py:FUNCTION that returns a torch module; called with each row of --candidates, or "
            "with each argument such as depth=3,width=32."
        ),
    ] = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    proxies: Annotated[str, typer.Option(help="Names joined by commas, or all; see proxies.")] = "all",
    dataset: options.OwnDataset = None,
    batch_size: options.BatchSize = None,
    seed: options.Seed = 0,
    repeats: Annotated[int, typer.Option(help="Seeds to score with; more than one: mean and spread.")] = 1,
    device: options.Device = "cpu",
    images: options.Input = None,
    root: options.Root = None,
    dtype: Annotated[str, typer.Option(help="float32 or float64.")] = "float32",
    space: options.Space = "nb201",
    out: options.OutTable = None,
    json: options.Json = False,
) -> None:
    """Score untrained networks by zero-cost proxies.

    The networks are the given cells, those of --archs, those of --module, or those that --build makes.
    """
    optional("torch", "score", install="torch")
    import torch

    from proxyrank.features import FeatureSettings
    from proxyrank.features.network.batch import image_shape
    from proxyrank.features.network.batches import WITHOUT_DATA
    from proxyrank.features.network.factory import module_factories
    from proxyrank.features.network.score import score_archs, score_factories
    from proxyrank.features.network.score_settings import resolve_device
    from proxyrank.features.tables.plan import scored_table
    from proxyrank.features.tables.sidecar_file import refuse_stranger

    if out:
        refuse_stranger(out)
    if bool(module) + bool(build) + bool((cells or archs) and not build) > 1 or (build and archs):
        raise ProxyrankError("give either architectures, --module, or --build with --candidates or arguments")
    if logits and not (module or build):
        raise ProxyrankError("--logits is about the networks of --module or --build")
    dataset = arguments.dataset_of(dataset, shape, classes)
    if dataset is None and (module or build) and images and images not in WITHOUT_DATA:
        dataset = str(image_shape(images, root))
    where: SearchSpace = (
        built_space(
            build,
            dataset,
            candidates,
            cells or (),
            key=key,
            logits=logits,
            sentinels=sentinel,
            timeout=build_timeout,
        )
        if build
        else get_space(space)
    )
    settings = FeatureSettings(
        dataset=dataset or (None if module else default_dataset(where)) or "cifar10",
        seed=seed,
        dtype=dtype,  # type: ignore[arg-type]  # checked there
        device=str(resolve_device(device)),
        repeats=repeats,
        **arguments.given(batch_size=batch_size, input=images, root=root),
    )
    if device == "auto" and settings.device == "cpu":
        output.note("device auto: no CUDA device, using the CPU")
    if module:
        factories = module_factories(module, logits, limit=build_timeout or STEP)
        scores = score_factories(factories, proxies, settings, limit=build_timeout or SCORING)
    elif isinstance(where, TableSpace):
        scores = score_archs(where, where.names, proxies, settings, limit=build_timeout)
    else:
        scores = score_archs(where, _wanted(where, cells, archs), proxies, settings, limit=build_timeout)
    none = scores.values.isna().all(axis=None)
    if out and not none:
        name = "module" if module else where.name
        code = None if module else stated_code(where)
        scored_table(name, scores, settings, threads=torch.get_num_threads(), code=code).write(out)
    if json:
        output.print_json(_as_json(scores, proxies, settings) | arguments.failed_fields(where))
    else:
        _print(scores)
    if none:
        reason = next(iter(next(iter(scores.reasons.values())).values()))
        raise ProxyrankError(f"nothing could be computed: {reason}")


def _wanted(space: SearchSpace, cells: list[str] | None, archs: str | None) -> list[str]:
    if bool(cells) == bool(archs):
        raise ProxyrankError(
            "say which networks: cells as arguments, --archs FILE or --module package:factory"
        )
    if cells:
        return parse_all(space, cells, lambda i: f"argument {i + 1}")
    from proxyrank.cli.candidates import read_candidates

    return list(read_candidates(space, archs or "").archs)


def _as_json(scores: "Rows", names: str, settings: "FeatureSettings") -> dict[str, Any]:
    import torch

    from proxyrank.features.network.network_groups import FACTS
    from proxyrank.features.network.score_settings import settings_of_proxies
    from proxyrank.features.proxies import get_proxies
    from proxyrank.features.settings import FISHER, IMAGES

    usual = settings.only((*IMAGES, *FISHER)).stated()
    facts = {**FACTS, "threads": torch.get_num_threads()}
    others = {
        proxy.name: {name: value for name, value in own.stated().items() if usual[name] != value}
        for own, proxies in settings_of_proxies(get_proxies(names), settings).items()
        for proxy in proxies
    }
    return {
        "settings": {**usual, **facts},
        "settings_of": {name: own for name, own in others.items() if own},
        "scores": output.records(scores.values.reset_index()),
        "status": scores.reasons,
    }


def _print(scores: "Rows") -> None:
    """One row per network where columns are few, else one column per network; the gaps' reasons below."""
    frame = scores.values
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
    for column, by_arch in scores.reasons.items():
        for arch, reason in by_arch.items():
            gaps.setdefault((arch, reason), []).append(column)
    for (arch, reason), columns in gaps.items():
        print(f"no value for {arch}: {reason} ({', '.join(columns)})")


def _number(value: float) -> str:
    return "-" if value != value else f"{value:.6g}"
