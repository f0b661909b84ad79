"""Speed and memory of the features of untrained networks, against the algorithms as published.

    python benchmarks/proxies.py [--repeats 3] [--case vkdnw-batch64] [--json results.json]

Six NAS-Bench-201 networks of the paper's size with random weights. Every measurement is a process of its own
with one thread; ours and the other side alternate, so that a busy machine slows both. Seconds are processor
time on a CPU (wall time on CUDA), after a warm-up on a tiny network. Memory is the peak of the process less
what it held before the warm-up, so it includes what torch loads on first use; on CUDA it is the peak of the
allocator. The published side is the literal transcription in the tests.
"""

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]

NETWORKS = {
    "all conv3x3": "(2, 2, 2, 2, 2, 2)",
    "all skip": "(0, 0, 0, 0, 0, 0)",
    "all avgpool": "(4, 4, 4, 4, 4, 4)",
    "all conv1x1": "(3, 3, 3, 3, 3, 3)",
    "ResNet-like": "(2, 1, 0, 2, 1, 0)",
    "one conv3x3": "(0, 2, 0, 1, 0, 0)",
}
"""Cells in the tuple form."""


@dataclass(frozen=True)
class Case:
    """One comparison over all networks: a measure of `MEASURES` against another.

    ``faster`` and ``memory`` are the targets: the least median of theirs/ours in seconds, and the most median
    of ours/theirs in added memory (None: no target).
    """

    title: str
    ours: str
    theirs: str
    batch: int
    classes: int
    faster: float | None = None
    memory: float | None = None


CASES = {
    "vkdnw": Case("VKDNW, batch 16, 10 classes", "vkdnw", "literal vkdnw", 16, 10),
    "vkdnw-batch64": Case("VKDNW, batch 64, 10 classes", "vkdnw", "literal vkdnw", 64, 10, 2.5, 0.5),
    "vkdnw-classes100": Case("VKDNW, batch 16, 100 classes", "vkdnw", "literal vkdnw", 16, 100, 3.0),
}


def _vkdnw(network: Any, batch: Any) -> None:
    from proxyrank.features.spectrum.describe import vkdnw_features

    vkdnw_features(network, batch)


def _literal_vkdnw(network: Any, batch: Any) -> None:
    path = REPOSITORY / "tests" / "features" / "spectrum" / "literal.py"
    spec = importlib.util.spec_from_file_location("vkdnw_literal", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.literal_vkdnw(network, batch.x)


MEASURES: dict[str, Callable[[Any, Any], None]] = {"vkdnw": _vkdnw, "literal vkdnw": _literal_vkdnw}
"""What is timed: functions of a network and a batch."""


def measure(name: str, arch: str, batch: int, classes: int, device: str) -> dict[str, float]:
    """Seconds and added megabytes of one call in this process."""
    import torch

    from proxyrank.features.network.batch import noise_batch
    from proxyrank.spaces import DataShape
    from proxyrank.spaces.nb201 import NB201, Skeleton

    torch.set_num_threads(1)
    torch.manual_seed(0)

    def build(shape: DataShape, size: int, skeleton: Skeleton | None = None) -> tuple[Any, Any]:
        network = NB201.network(arch, shape, skeleton)
        for parameter in network.parameters():
            if parameter.dim() > 1:
                torch.nn.init.kaiming_normal_(parameter)
        return network.to(device), noise_batch(shape, size, seed=0, device=device)

    subject = build(DataShape(classes=classes), batch)
    tiny = build(DataShape(classes=3, resolution=8), 4, Skeleton(width=4, depth=1))
    call = MEASURES[name]
    if device == "cuda":
        call(*tiny)
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        held, start = torch.cuda.memory_allocated(), time.perf_counter()
        call(*subject)
        torch.cuda.synchronize()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "megabytes": (torch.cuda.max_memory_allocated() - held) / 2**20}
    held = _resident()
    call(*tiny)
    start = time.process_time()
    call(*subject)
    return {"seconds": time.process_time() - start, "megabytes": (_peak() - held) / 2**20}


def _resident() -> float:
    """Bytes that the process holds now (Linux; elsewhere the peak so far)."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() if status.exists() else _peak()


def _peak() -> float:
    """Most bytes that the process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _in_process(name: str, arch: str, case: Case, device: str) -> dict[str, float]:
    request = json.dumps(
        {"name": name, "arch": arch, "batch": case.batch, "classes": case.classes, "device": device}
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", request]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"measuring {name} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(case: Case, device: str, repeats: int) -> list[dict[str, Any]]:
    """One row a network; medians of the repeats, which alternate between both sides."""
    print(f"\n{case.title}, {device}\n")
    print("| network | ours s | published s | times faster | ours MB | published MB | memory ratio |")
    print("|---|---|---|---|---|---|---|")
    rows = []
    for title, arch in NETWORKS.items():
        runs = [
            {side: _in_process(getattr(case, side), arch, case, device) for side in ("theirs", "ours")}
            for _ in range(repeats)
        ]
        row: dict[str, Any] = {"network": title}
        for side in ("ours", "theirs"):
            for unit in ("seconds", "megabytes"):
                row[f"{side}_{unit}"] = statistics.median(run[side][unit] for run in runs)
        row["faster"] = statistics.median(run["theirs"]["seconds"] / run["ours"]["seconds"] for run in runs)
        row["memory"] = row["ours_megabytes"] / row["theirs_megabytes"]
        rows.append(row)
        print(
            f"| {title} | {row['ours_seconds']:.2f} | {row['theirs_seconds']:.2f} | {row['faster']:.2f} "
            f"| {row['ours_megabytes']:.0f} | {row['theirs_megabytes']:.0f} | {row['memory']:.2f} |",
            flush=True,
        )
    faster = statistics.median(row["faster"] for row in rows)
    memory = statistics.median(row["memory"] for row in rows)
    print(f"\nmedian {faster:.2f} times as fast{_verdict(case.faster, faster, 1)}", end="")
    print(f", {memory:.2f} of the memory{_verdict(case.memory, memory, -1)}")
    return rows


def _verdict(target: float | None, found: float, sign: int) -> str:
    if target is None:
        return ""
    met = sign * found >= sign * target
    return f" (target {target}: {'met' if met else 'MISSED'})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--case", action="append", choices=list(CASES), help="only these; may be repeated")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(**json.loads(options.measure))))
        return
    import torch

    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    print(f"torch {torch.__version__}, one thread a process, load average {os.getloadavg()[0]:.1f}")
    if "cuda" in devices:
        print(torch.cuda.get_device_name())
    results = [
        {"case": asdict(CASES[name]), "device": device, "rows": compare(CASES[name], device, options.repeats)}
        for device in devices
        for name in options.case or CASES
    ]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
