"""How many steps of a search a second, at the setting of the published one, and which proxy takes the time.

    python benchmarks/search_rate.py [--iterations 60] [--batch-size 4] [--device cuda] [--gpu-rate 1e12]

MobileNetV2-like networks of at most 450M FLOPs and 14 layers at 224 x 224 and 1,000 classes by vkdnw_search,
128 parameter tensors (the published search has 64 images a batch). One thread; seconds of the processor (wall
on CUDA), a line a network as soon as it is scored. The time of a proxy counts the passes that it is the first
to read; "rest" is drawing weights and images and building.

Of 100,000 iterations the time is told on one device and on eight (networks are scored independently). From a
CPU that is an extrapolation to batches of 64 and a GPU which runs plain forward passes of such networks at
--gpu-rate multiply-adds a second, where this core was measured to run them at its own; 1e12 is an assumption
(about 3,300 images a second of MobileNetV2), not a measurement.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

LIMITS = {"flops": 450e6, "layers": 14.0}
STEPS, IMAGES = 100_000, 64


def clock(device: str) -> Callable[[], float]:
    """Seconds of the processor, or wall on CUDA once all kernels are done."""
    if device == "cpu":
        return time.process_time

    def synchronised() -> float:
        import torch

        torch.cuda.synchronize()
        return time.perf_counter()

    return synchronised


class Stopwatch:
    """An executor of this process that notes the seconds of every network and of its proxies."""

    def __init__(self, now: Callable[[], float]) -> None:
        from proxyrank.features.network import planner

        self.now, self.networks, self.proxies = now, [], {}  # type: ignore[var-annotated]
        self._values = planner._values
        planner._values = self._timed

    def _timed(self, passes: Any, proxy: Any) -> Any:
        begin = self.now()
        found = self._values(passes, proxy)
        self.proxies[proxy.name] = self.proxies.get(proxy.name, 0.0) + self.now() - begin
        return found

    def __call__(self, function: Callable[[Any], Any], arguments: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Run one argument after the other."""
        for place, argument in enumerate(arguments):
            begin = self.now()
            found = function(argument)
            self.networks.append(self.now() - begin)
            print(f"network {len(self.networks)}: {self.networks[-1]:.2f} s", flush=True)
            yield place, found


def forward_rate(archs: Sequence[str], data: str, size: int, device: str) -> float:
    """Multiply-adds a second of plain forward passes."""
    import torch

    from proxyrank.spaces import data_shape, get_space

    space, shape, now = get_space("mobilenetv2"), data_shape(data), clock(device)
    rates = []
    for arch in archs:
        network = space.network(arch, shape).to(device).eval()
        x = torch.zeros(size, *shape.shape, device=device).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            network(x)
            begin = now()
            network(x)
            rates.append(size * space.sizes(arch, shape).flops / (now() - begin))
    return statistics.median(rates)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--iterations", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--resolution", type=int, default=224)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--objective", default="vkdnw_search")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--gpu-rate", type=float, default=1e12)
    options = parser.parse_args()

    import torch

    from proxyrank.features.settings import FeatureSettings
    from proxyrank.search.evolution.folder import search_in_folder
    from proxyrank.search.evolution.measures import Measures
    from proxyrank.spaces import get_space

    torch.set_num_threads(1)
    data = f"3x{options.resolution}x{options.resolution}:{options.classes}"
    print(f"torch {torch.__version__}, {options.device}, load average {os.getloadavg()[0]:.1f}")
    watch = Stopwatch(clock(options.device))
    begin = watch.now()
    with tempfile.TemporaryDirectory() as folder:
        outcome = search_in_folder(
            get_space("mobilenetv2"),
            [options.objective],
            folder,
            measures=Measures("mobilenetv2", data),
            settings=FeatureSettings(
                dataset=data, batch_size=options.batch_size, seed=1, device=options.device
            ),
            executor=watch,
            limits=LIMITS,
            iterations=options.iterations,
            seed=1,
            batch=1,
        )
    whole = watch.now() - begin
    report(options, outcome, watch, whole, data)


def report(options: argparse.Namespace, outcome: Any, watch: Stopwatch, whole: float, data: str) -> None:
    """Print the rate, the shares and the extrapolation."""
    history = outcome.found.history
    networks, scored = sum(watch.networks), len(history)
    print(f"\n{outcome.counts}; flops {history['flops'].median() / 1e6:.0f}M in the median")
    print(
        f"{whole:.0f} s, {whole / options.iterations:.2f} s a step, {3600 * options.iterations / whole:.0f}/h"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB\n")
    print("| of the time | s a network | share |\n|---|---|---|")
    rest = networks - sum(watch.proxies.values())
    parts = {**watch.proxies, "rest of a network": rest, "the search itself": whole - networks}
    for name, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"| {name} | {seconds / scored:.3f} | {seconds / whole:.1%} |")
    hours = whole / options.iterations * STEPS / 3600
    print(f"\n{STEPS:,} steps at this rate: {hours:,.0f} h on one, {hours / 8:,.0f} h on eight")
    if options.device == "cpu":
        own = forward_rate(list(history["arch"][:5]), data, options.batch_size, "cpu")
        factor = IMAGES / options.batch_size * own / options.gpu_rate
        print(f"this core runs forward passes at {own / 1e9:.1f}e9 multiply-adds a second")
        print(
            f"extrapolated to batches of {IMAGES} and a GPU of {options.gpu_rate:.0e}: "
            f"{hours * factor:.1f} h on one, {hours * factor / 8:.1f} h on eight"
        )


if __name__ == "__main__":
    main()
