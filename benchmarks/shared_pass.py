"""All features of a network in one shared pass, against literal transcriptions of every published proxy.

    python benchmarks/shared_pass.py [--batch 16] [--repeats 1] [--only "all skip"] [--json results.json]

The other side is tests/features/proxies/literal.py and tests/features/spectrum/literal.py, which do what the
published code does, step by step, and are tested against its values. Networks as in proxies.py, of the
paper's size. One thread, a process a measurement, both sides by turns, after a warm-up on a tiny network;
seconds of the processor (wall on CUDA). Both include the draw of weights where the published code draws
them, ours also its copies of the network, theirs not; ours keeps freed memory as the command line and its
workers do (common/heap.py), theirs is left to the C library. Memory is the peak of our process less what it
held before the warm-up.

The ratio is of the proxies of the groups vkdnw and zcs; those of zcs_extra, which are newer than the
published code, are told apart. By proxy: the literal seconds, ours when it is computed alone, and ours in
the shared pass, where a pass is counted with the first proxy that reads it.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

from proxies import NETWORKS, REPOSITORY, _peak, _resident

TARGET, MEGABYTES = 0.5, 800
SIDES = ("literal", "shared", "alone")

TOGETHER = {
    "sizes": ("flops", "params"),
    "az_nas": ("expressivity", "progressivity", "trainability"),
    "te_nas": ("ntk", "linear_region"),
    "vkdnw": ("vkdnw", "vkdnw_extra"),
}
"""Proxies that the published code computes in one go."""

DRAWN = {"vkdnw", "az_nas", "jacov", "zen", "grad_norm", "naswot", "synflow", "snip", "grasp"}
"""Those in front of which the published code draws the weights of its network anew."""


def _literal(folder: str) -> ModuleType:
    path = REPOSITORY / "tests" / "features" / folder / "literal.py"
    spec = importlib.util.spec_from_file_location(f"{folder}_literal", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def run_literal(network: Any, batch: Any, clock: Any) -> dict[str, float]:
    """Seconds of every literal computation, on a fresh copy each."""
    import torch

    published, spectrum = _literal("proxies"), _literal("spectrum")
    signs = torch.Generator().manual_seed(0)
    computes = {**published.PUBLISHED, **published.NEWER, "vkdnw": None}
    found = {}
    for name, compute in computes.items():
        subject = published.Subject(
            network=deepcopy(network).train(),
            x=batch.x,
            y=batch.y,
            x2=batch.x2,
            y2=batch.y2,
            signs=lambda shape: torch.randint(0, 2, shape, generator=signs) * 2.0 - 1.0,
            normal=deepcopy(network).train(),
        )
        start = clock()
        if name in DRAWN:
            for parameter in (subject.normal if name == "zen" else subject.network).parameters():
                if parameter.dim() > 1:
                    torch.nn.init.normal_(parameter, std=1.0 if name == "zen" else _kaiming(parameter))
        if name == "vkdnw":
            spectrum.literal_vkdnw(subject.network, batch.x)
        else:
            compute(subject)
        found[name] = clock() - start
    return found


def _kaiming(parameter: Any) -> float:
    return float((2.0 / parameter[0].numel()) ** 0.5)


def run_shared(network: Any, batch: Any, clock: Any) -> dict[str, float]:
    """Seconds of one call for the groups vkdnw and zcs, in all and by proxy."""
    from proxyrank.features.network import planner
    from proxyrank.features.network.network_groups import MEMBERS
    from proxyrank.features.network.score import score_network

    found: dict[str, float] = {}
    original = planner._values

    def timed(passes: Any, proxy: Any) -> Any:
        start = clock()
        values = original(passes, proxy)
        found[proxy.name] = clock() - start
        return values

    planner._values = timed
    names = [name for group in ("vkdnw", "vkdnw_extra", "zcs") for name in MEMBERS[group]]
    start = clock()
    score_network(network, batch, names, channels_last=True)
    whole = clock() - start
    planner._values = original
    return {"all": whole, **found}


def run_alone(network: Any, batch: Any, clock: Any) -> dict[str, float]:
    """Seconds of a call for each of what the published code computes in one go."""
    from proxyrank.features.network.score import score_network
    from proxyrank.features.proxies import PROXIES

    together = {name for names in TOGETHER.values() for name in names}
    requests = {**{name: [name] for name in PROXIES if name not in together}, **TOGETHER}
    return {
        name: _timed(lambda names=names: score_network(network, batch, names, channels_last=True), clock)
        for name, names in requests.items()
    }


def _timed(job: Any, clock: Any) -> float:
    start = clock()
    job()
    return float(clock() - start)


def measure(side: str, arch: str, size: int, device: str) -> dict[str, float]:
    """Seconds by job, and added megabytes, of one side in this process."""
    import torch

    from proxyrank.common.heap import keep_freed_memory
    from proxyrank.features.network.batch import noise_batch
    from proxyrank.spaces import DataShape
    from proxyrank.spaces.nb201 import NB201, Skeleton

    if side != "literal":
        keep_freed_memory()
    torch.set_num_threads(1)
    torch.manual_seed(0)

    def synchronised() -> float:
        torch.cuda.synchronize()
        return time.perf_counter()

    clock = synchronised if device == "cuda" else time.process_time
    run = {"literal": run_literal, "shared": run_shared, "alone": run_alone}[side]

    def build(shape: DataShape, skeleton: Skeleton, images: int) -> tuple[Any, Any]:
        network = NB201.network(arch, shape, skeleton)
        for parameter in network.parameters():
            if parameter.dim() > 1:
                torch.nn.init.kaiming_normal_(parameter)
        return network.to(device), noise_batch(shape, images, seed=0, device=device)

    subject = build(DataShape(), Skeleton(), size)
    held = _resident()
    run(*build(DataShape(resolution=8), Skeleton(width=4, depth=1), 4), clock)
    if device == "cuda":
        run(*subject, clock)  # the kernels are chosen once a shape
        torch.cuda.reset_peak_memory_stats()
        held = torch.cuda.memory_allocated()
    found = run(*subject, clock)
    peak = torch.cuda.max_memory_allocated() if device == "cuda" else _peak()
    return {**found, "megabytes": (peak - held) / 2**20}


def _in_process(side: str, arch: str, size: int, device: str) -> dict[str, float]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", __file__, "--measure", json.dumps([side, arch, size, device])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"measuring {side} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(device: str, size: int, repeats: int, networks: dict[str, str]) -> list[dict[str, Any]]:
    """Print a line a network, the ratio, and the seconds by proxy; return one row a network.

    The fastest of the repeats counts: a busy machine only ever adds.
    """
    from proxyrank.features.network.network_groups import MEMBERS

    newer = set(MEMBERS["zcs_extra"])
    print(f"\nAll features of a network, batch {size}, {device}, seconds\n")
    print("| network | shared | literal | ratio | MB added |\n|---|---|---|---|---|")
    rows = []
    for title, arch in networks.items():
        runs = [{side: _in_process(side, arch, size, device) for side in SIDES} for _ in range(repeats)]
        row: dict[str, Any] = {"network": title}
        for side in SIDES:
            row[side] = {job: min(run[side][job] for run in runs) for job in runs[0][side]}
        row["theirs"] = sum(s for job, s in row["literal"].items() if job not in {*newer, "megabytes"})
        rows.append(row)
        ours = row["shared"]["all"]
        print(
            f"| {title} | {ours:.2f} | {row['theirs']:.2f} | {ours / row['theirs']:.2f} "
            f"| {row['shared']['megabytes']:.0f} |",
            flush=True,
        )
    _print_proxies(rows)
    ours, theirs = (statistics.mean(get(row) for row in rows) for get in (_shared, lambda row: row["theirs"]))
    most = max(row["shared"]["megabytes"] for row in rows)
    for what, value, target in (
        ("of the literal time", ours / theirs, TARGET),
        ("MB added at most", most, MEGABYTES),
    ):
        verdict = "met" if value <= target else "MISSED"
        print(f"{value:.3g} {what} (target {target}: {verdict})")
    return rows


def _shared(row: dict[str, Any]) -> float:
    return float(row["shared"]["all"])


def _print_proxies(rows: list[dict[str, Any]]) -> None:
    def mean(side: str, *jobs: str) -> float | None:
        if any(job not in row[side] for row in rows for job in jobs):
            return None
        return statistics.mean(sum(row[side][job] for job in jobs) for row in rows)

    print("\n| proxy | literal | ours, alone | ratio | in the shared pass |\n|---|---|---|---|---|")
    jobs = [job for job in rows[0]["literal"] if job != "megabytes"]
    for job in sorted(jobs, key=lambda job: -(mean("literal", job) or 0.0)):
        theirs, alone = mean("literal", job) or 0.0, mean("alone", job) or 0.0
        part = mean("shared", *TOGETHER.get(job, (job,)))
        names = ", ".join(TOGETHER.get(job, (job,)))
        shared = "-" if part is None else f"{part:.3f}"
        print(f"| {names} | {theirs:.3f} | {alone:.3f} | {alone / theirs:.2f} | {shared} |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=16, help="images a batch")
    parser.add_argument("--repeats", type=int, default=1, help="the fastest counts")
    parser.add_argument("--only", action="append", choices=list(NETWORKS), help="only these networks")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*json.loads(options.measure))))
        return
    import torch

    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    networks = {name: arch for name, arch in NETWORKS.items() if not options.only or name in options.only}
    print(f"torch {torch.__version__}, one thread a process, load average {os.getloadavg()[0]:.1f}")
    results = [
        {"device": device, "rows": compare(device, options.batch, options.repeats, networks)}
        for device in devices
    ]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
