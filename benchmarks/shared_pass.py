"""All features of a network in one shared pass: against the published code, and against each proxy alone.

    python benchmarks/shared_pass.py [--repeats 3] [--json results.json]

Networks, batch (16) and rules of measurement as in proxies.py: one thread, a process a measurement, seconds
of the processor (wall on CUDA), added peak memory. The published code needs 4.0 times its own VKDNW for all
the proxies (6.0 s against 1.5 s, mean over its networks), so its time is taken from the literal VKDNW
of the same run; without ntk it is 2.8 times (te_nas, ntk but for a forward pass, takes 1.8 s of the 6.0).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proxies import MEASURES, NETWORKS, _peak, _resident

SIDES = {
    "shared": "all features, one shared pass",
    "shared, no ntk": "the same without ntk",
    "alone": "each proxy alone, summed",
    "literal vkdnw": "literal VKDNW",
}
PUBLISHED = {"shared": 4.0, "shared, no ntk": 2.8}
"""Time of the published code for the same, in times its VKDNW."""

TARGET, MEGABYTES = 0.7, 800


def run(side: str, network: Any, batch: Any, channels_last: bool) -> None:
    """One side's work on an initialised network."""
    from proxyrank.features.network.score import score_network
    from proxyrank.features.proxies import PROXIES

    if side in MEASURES:
        MEASURES[side](network, batch)
        return
    names = [name for name in PROXIES if side != "shared, no ntk" or name != "ntk"]
    requests: Sequence[list[str]] = [[name] for name in names] if side == "alone" else [names]
    for request in requests:
        score_network(network, batch, request, channels_last=channels_last)


def measure(side: str, arch: str, device: str) -> dict[str, float]:
    """Seconds and added megabytes of one side in this process."""
    import torch

    from proxyrank.features.network.batch import noise_batch
    from proxyrank.spaces import DataShape
    from proxyrank.spaces.nb201 import NB201, Skeleton

    torch.set_num_threads(1)
    torch.manual_seed(0)
    clock = time.perf_counter if device == "cuda" else time.process_time

    def build(shape: DataShape, size: int, skeleton: Skeleton | None = None) -> tuple[Any, Any]:
        network = NB201.network(arch, shape, skeleton)
        for parameter in network.parameters():
            if parameter.dim() > 1:
                torch.nn.init.kaiming_normal_(parameter)
        return network.to(device), noise_batch(shape, size, seed=0, device=device)

    subject = build(DataShape(), 16)
    held = _resident()
    run(side, *build(DataShape(resolution=8), 4, Skeleton(width=4, depth=1)), channels_last=True)
    if device == "cuda":
        run(side, *subject, channels_last=True)  # the kernels are chosen once a shape
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        held = torch.cuda.memory_allocated()
    start = clock()
    run(side, *subject, channels_last=True)
    if device == "cuda":
        torch.cuda.synchronize()
    seconds = clock() - start
    peak = torch.cuda.max_memory_allocated() if device == "cuda" else _peak()
    return {"seconds": seconds, "megabytes": (peak - held) / 2**20}


def _in_process(side: str, arch: str, device: str) -> dict[str, float]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", json.dumps([side, arch, device])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"measuring {side} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(device: str, repeats: int) -> list[dict[str, Any]]:
    """One row a network, medians of the repeats, and the ratios of the means over networks."""
    print(f"\nAll features of a network, batch 16, {device}\n")
    print("| network | " + " | ".join(f"{title}, s" for title in SIDES.values()) + " | shared, MB |")
    print("|---" * (len(SIDES) + 2) + "|")
    rows: list[dict[str, Any]] = []
    for title, arch in NETWORKS.items():
        runs = [{side: _in_process(side, arch, device) for side in SIDES} for _ in range(repeats)]
        row: dict[str, Any] = {"network": title}
        for side in SIDES:
            row[side] = statistics.median(run[side]["seconds"] for run in runs)
        row["megabytes"] = statistics.median(run["shared"]["megabytes"] for run in runs)
        rows.append(row)
        seconds = " | ".join(f"{row[side]:.2f}" for side in SIDES)
        print(f"| {title} | {seconds} | {row['megabytes']:.0f} |", flush=True)
    mean = {side: statistics.mean(row[side] for row in rows) for side in SIDES}
    print(f"| mean | {' | '.join(f'{mean[side]:.2f}' for side in SIDES)} | |\n")
    for side, times in PUBLISHED.items():
        ratio = mean[side] / (times * mean["literal vkdnw"])
        verdict = f" (target {TARGET}: {'met' if ratio <= TARGET else 'MISSED'})" if side == "shared" else ""
        print(f"{SIDES[side]}: {ratio:.2f} of the published code's time{verdict}")
    print(f"one shared pass: {mean['shared'] / mean['alone']:.2f} of the sum of each alone")
    most = max(row["megabytes"] for row in rows)
    print(
        f"most added memory: {most:.0f} MB (target {MEGABYTES}: {'met' if most <= MEGABYTES else 'MISSED'})"
    )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*json.loads(options.measure))))
        return
    import torch

    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    print(f"torch {torch.__version__}, one thread a process, load average {os.getloadavg()[0]:.1f}")
    results = [{"device": device, "rows": compare(device, options.repeats)} for device in devices]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
