"""Closed-form sizes of a network: FLOPs by NATS-Bench's convention, parameters, parameter tensors."""

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import Sizes
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb201.cell import CONV1, CONV3, Cell
from proxyrank.spaces.nb201.skeleton import Skeleton

_STEM_TENSORS, _BLOCK_TENSORS, _HEAD_TENSORS = 3, 7, 4


def cell_sizes(cell: Cell, shape: DataShape, skeleton: Skeleton) -> Sizes:
    """Sizes of the cell as written, every operation counted because every operation runs.

    FLOPs are the multiply-accumulates of conv and linear layers plus one per bias output; BatchNorm, ReLU and
    pooling are not counted.

    Raises
    ------
    ProxyrankError
        If the resolution is not a multiple of 4, which the two halvings need.
    """
    if shape.resolution % 4:
        raise ProxyrankError(f"resolution must be a multiple of 4, got {shape.resolution}")
    conv3, conv1 = cell.count(CONV3), cell.count(CONV1)
    stem_weights = 9 * shape.channels * skeleton.width
    flops, params = stem_weights * shape.resolution**2, stem_weights + 2 * skeleton.width
    for stage in range(3):
        width, pixels = skeleton.width * 2**stage, (shape.resolution // 2**stage) ** 2
        weights = (9 * conv3 + conv1) * width**2
        flops += skeleton.depth * weights * pixels
        params += skeleton.depth * (weights + 2 * width * (conv3 + conv1))
        if stage > 0:
            block = 9 * (width // 2) * width + 9 * width**2 + (width // 2) * width
            flops += block * pixels
            params += block + 4 * width
    final = 4 * skeleton.width
    flops += final * shape.classes + shape.classes
    params += 2 * final + final * shape.classes + shape.classes
    dim = _STEM_TENSORS + 2 * _BLOCK_TENSORS + _HEAD_TENSORS + 3 * 3 * skeleton.depth * (conv3 + conv1)
    return Sizes(flops=flops, params=params, dim=dim)
