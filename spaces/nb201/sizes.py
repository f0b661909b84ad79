"""Closed-form sizes of a network: FLOPs by NATS-Bench's convention, parameters, parameter tensors."""

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import NetworkConfig, Sizes
from proxyrank.spaces.nb201.cell import CONV1, CONV3, Cell

_STEM_TENSORS, _BLOCK_TENSORS, _HEAD_TENSORS = 3, 7, 4


def cell_sizes(cell: Cell, config: NetworkConfig) -> Sizes:
    """Sizes of the cell as written, every operation counted because every operation runs.

    FLOPs are the multiply-accumulates of conv and linear layers plus one a bias output; BatchNorm, ReLU and
    pooling are not counted.

    Raises
    ------
    ProxyrankError
        If the resolution is not a multiple of 4, which the two halvings need.
    """
    if config.resolution % 4:
        raise ProxyrankError(f"resolution must be a multiple of 4, got {config.resolution}")
    conv3, conv1 = cell.count(CONV3), cell.count(CONV1)
    stem_weights = 9 * config.channels * config.width
    flops, params = stem_weights * config.resolution**2, stem_weights + 2 * config.width
    for stage in range(3):
        width, pixels = config.width * 2**stage, (config.resolution // 2**stage) ** 2
        weights = (9 * conv3 + conv1) * width**2
        flops += config.depth * weights * pixels
        params += config.depth * (weights + 2 * width * (conv3 + conv1))
        if stage > 0:
            block = 9 * (width // 2) * width + 9 * width**2 + (width // 2) * width
            flops += block * pixels
            params += block + 4 * width
    final = 4 * config.width
    flops += final * config.classes + config.classes
    params += 2 * final + final * config.classes + config.classes
    dim = _STEM_TENSORS + 2 * _BLOCK_TENSORS + _HEAD_TENSORS + 3 * 3 * config.depth * (conv3 + conv1)
    return Sizes(flops=flops, params=params, dim=dim)
