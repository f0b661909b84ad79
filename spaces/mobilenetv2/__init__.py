"""MobileNetV2-like networks: strings of inverted residual blocks, as in published searches."""

from proxyrank.spaces.mobilenetv2.space import MOBILENETV2, MOBILENETV2_PLAIN, START

__all__ = ["MOBILENETV2", "MOBILENETV2_PLAIN", "START"]
