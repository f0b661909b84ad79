"""Networks that are blocks in a row: what MobileNetV2, MBConv and NAS-Bench-Macro share."""

from proxyrank.spaces.blocks.layers import ConvLayer, InvertedResidual, Layer
from proxyrank.spaces.blocks.space import SequenceSpace

__all__ = ["ConvLayer", "InvertedResidual", "Layer", "SequenceSpace"]
