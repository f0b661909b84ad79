"""Random images with the spectrum, brightness and contrast of photographs.

The amplitude spectrum of natural scenes falls as 1 / f (Field, J. Opt. Soc. Am. A 4, 1987), their channels
are nearly alike, and brightness and contrast differ from photograph to photograph. What untrained networks
make of different images depends on these three far more than on what the images show.
"""

import numpy as np

GREY, COLOUR = 0.95, 0.3
"""Weights of the part that all channels share and of each channel's own part."""

CONTRAST, CONTRAST_SPREAD = 0.8, 0.4
"""Median contrast of an image, and the standard deviation of its logarithm."""

BRIGHTNESS, TINT = 0.65, 0.15
"""Standard deviations of an image's brightness, and of what each channel adds to it."""


def pink_image(rng: np.random.Generator, channels: int, resolution: int) -> np.ndarray:
    """One image [channels, R, R], float64, before the normalisation over the batch.

    With G one and C_1, C_2, ... further fields of `pink_fields`, and N standard normal draws:
    P_c = 0.95 G + 0.3 C_c; P minus its mean over channels and pixels, times 0.8 exp(0.4 N), plus 0.65 N,
    plus 0.15 N per channel.
    """
    fields = pink_fields(rng, 1 + channels, resolution)
    picture = GREY * fields[:1] + COLOUR * fields[1:]
    contrast = CONTRAST * np.exp(CONTRAST_SPREAD * rng.standard_normal())
    level = BRIGHTNESS * rng.standard_normal() + TINT * rng.standard_normal((channels, 1, 1))
    image: np.ndarray = contrast * (picture - picture.mean()) + level
    return image


def pink_fields(rng: np.random.Generator, count: int, resolution: int) -> np.ndarray:
    """Gaussian fields [count, R, R] whose amplitude at frequency f (cycles per pixel) is 1 / f.

    White noise whose Fourier coefficients are divided by f, by 1 / R where f is zero, and which is then
    divided by its standard deviation over the pixels (a single pixel stays zero). Periodic at the edges.
    """
    step = np.fft.fftfreq(resolution)
    frequency = np.hypot(step[:, None], step[None, :])
    frequency[0, 0] = 1.0 / resolution
    white = rng.standard_normal((count, resolution, resolution))
    fields = np.fft.ifft2(np.fft.fft2(white) / frequency).real
    spread = fields.std(axis=(1, 2), keepdims=True)
    if resolution == 1:
        return np.zeros_like(fields)
    found: np.ndarray = fields / spread
    return found
