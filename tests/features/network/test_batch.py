import numpy as np
import pytest
import torch

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.features.network import _pink
from proxyrank.features.network._pink import pink_fields, pink_image
from proxyrank.features.network.batch import image_batch, input_batch, noise_batch, pink_batch
from proxyrank.features.network.score import score_archs
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import DataShape, get_space

CONFIG = DataShape(classes=7, resolution=16)


def _slope(images: np.ndarray) -> float:
    """Slope of log amplitude over log frequency, images [N, R, R], frequencies under the corner's."""
    size = images.shape[-1]
    step = np.fft.fftfreq(size)
    frequency = np.hypot(step[:, None], step[None, :])
    amplitude = np.sqrt(np.mean(np.abs(np.fft.fft2(images)) ** 2, axis=0))
    inside = (frequency > 0) & (frequency <= 0.5)
    return float(np.polyfit(np.log(frequency[inside]), np.log(amplitude[inside]), 1)[0])


@pytest.mark.parametrize("size", [15, 16, 32])
def test_pink_fields_have_amplitude_one_over_f(size):
    fields = pink_fields(np.random.default_rng(0), 400, size)
    assert _slope(fields) == pytest.approx(-1.0, abs=0.03)
    np.testing.assert_allclose(fields.std(axis=(1, 2)), 1.0, rtol=1e-12)
    white = np.random.default_rng(0).standard_normal((400, size, size))
    assert _slope(white) == pytest.approx(0.0, abs=0.03)


def test_pink_image_by_its_recipe():
    # The same draws in the order of the docstring, put together pixel by pixel.
    image = pink_image(np.random.default_rng(5), 2, 6)
    rng = np.random.default_rng(5)
    grey, *own = pink_fields(rng, 3, 6)
    contrast, level, tint = rng.standard_normal(), rng.standard_normal(), rng.standard_normal(2)
    picture = np.array(
        [[[0.95 * grey[i, j] + 0.3 * c[i, j] for j in range(6)] for i in range(6)] for c in own]
    )
    for c in range(2):
        expected = (
            0.8 * np.exp(0.4 * contrast) * (picture[c] - picture.mean()) + 0.65 * level + 0.15 * tint[c]
        )
        np.testing.assert_allclose(image[c], expected, rtol=1e-12)


def test_brightness_and_contrast_vary_as_stated():
    images = np.stack([pink_image(derive_rng("test", i), 3, 8) for i in range(2000)])
    assert images.mean(axis=(1, 2, 3)).std() == pytest.approx(
        np.hypot(_pink.BRIGHTNESS, _pink.TINT / 3**0.5), rel=0.05
    )
    assert np.log(images[:, 0].std(axis=(1, 2))).std() == pytest.approx(_pink.CONTRAST_SPREAD, rel=0.05)
    # Of two channels, less their means, 0.95^2 of the variance 0.95^2 + 0.3^2 is common.
    a, b = (images[:, c] - images[:, c].mean(axis=(1, 2), keepdims=True) for c in (0, 1))
    correlation = np.mean([np.corrcoef(x.ravel(), y.ravel())[0, 1] for x, y in zip(a, b, strict=True)])
    assert correlation == pytest.approx(0.95**2 / (0.95**2 + 0.3**2), abs=0.01)


@pytest.mark.parametrize("config", [CONFIG, DataShape(channels=1, classes=2, resolution=9)])
def test_pink_batch(config):
    batch = pink_batch(config, 12, 3)
    assert batch.x2 is not None
    assert batch.y2 is not None
    for x, y in ((batch.x, batch.y), (batch.x2, batch.y2)):
        assert x.shape == (12, config.channels, config.resolution, config.resolution)
        assert x.dtype == torch.float32
        torch.testing.assert_close(x.mean((0, 2, 3)), torch.zeros(config.channels), atol=1e-6, rtol=0)
        torch.testing.assert_close(x.std((0, 2, 3), correction=0), torch.ones(config.channels))
        assert int(y.min()) >= 0
        assert int(y.max()) < config.classes
    assert torch.equal(pink_batch(config, 12, 3).x, batch.x)
    assert not torch.equal(batch.x, batch.x2)
    assert not torch.equal(pink_batch(config, 12, 4).x, batch.x)
    wide = pink_batch(config, 12, 3, dtype=torch.float64)
    assert torch.equal(wide.x.float(), batch.x)
    assert torch.equal(wide.x, batch.x.double())


def test_an_image_is_a_function_of_seed_and_index():
    small, large = (pink_batch(CONFIG, size, 0, dtype=torch.float64) for size in (5, 9))
    for a, b in ((small.x, large.x), (small.x2, large.x2)):
        # The batches differ by their standardisation only: a shift and a factor per channel.
        for c in range(3):
            one, other = a[:, c].flatten(), b[:5, c].flatten()
            correlation = float(torch.corrcoef(torch.stack([one, other]))[0, 1])
            assert correlation == pytest.approx(1.0, abs=1e-9)
    assert torch.equal(small.y, large.y[:5])


def test_a_single_pixel():
    batch = pink_batch(DataShape(resolution=1), 8, 0)
    assert bool(torch.isfinite(batch.x).all())


def test_labels_are_uniform():
    counts = torch.bincount(pink_batch(DataShape(resolution=1, classes=4), 2000, 0).y, minlength=4)
    assert counts.min() > 430


def test_the_caller_s_generators_are_untouched():
    before, state = torch.random.get_rng_state(), str(np.random.get_state())  # noqa: NPY002
    pink_batch(CONFIG, 4, 0)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert str(np.random.get_state()) == state  # noqa: NPY002


def test_inputs_by_name(tmp_path):
    assert torch.equal(input_batch("noise", CONFIG, 4, 1).x, noise_batch(CONFIG, 4, 1).x)
    assert torch.equal(input_batch("pink", CONFIG, 4, 1).x, pink_batch(CONFIG, 4, 1).x)
    file = tmp_path / "images.npy"
    np.save(file, np.random.default_rng(0).random((8, 16, 16, 3)))
    assert torch.equal(input_batch(file, CONFIG, 4, 1).x, image_batch(file, CONFIG, 4, 1).x)
    with pytest.raises(ProxyrankError, match="purple: "):
        input_batch("purple", CONFIG, 4, 1)
    with pytest.raises(ProxyrankError, match="at least 1, got 0"):
        input_batch("pink", CONFIG, 0, 1)


def test_scores_on_pink_input():
    space = get_space("nb201")
    cells = space.sample(2, seed=5)
    settings = {"dataset": "digits", "batch_size": 4}
    pink = score_archs(space, cells, "jacov,naswot", FeatureSettings(**settings, input="pink")).values
    again = score_archs(space, cells[1:], "jacov", FeatureSettings(**settings, input="pink")).values
    white = score_archs(space, cells, "jacov,naswot", FeatureSettings(**settings, input="noise")).values
    usual = score_archs(space, cells, "jacov,naswot", FeatureSettings(**settings)).values
    assert usual["jacov"].equals(pink["jacov"])
    assert usual["naswot"].equals(white["naswot"])
    assert again.loc[cells[1], "jacov"] == pink.loc[cells[1], "jacov"]
    assert (pink != white).all().all()


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_images_keep_their_values(tmp_path, mode):
    pillow = pytest.importorskip("PIL.Image")
    values = np.random.default_rng(0).integers(300, 4000, size=(8, 16, 16))
    np.save(tmp_path / "images.npy", values)
    (tmp_path / "files").mkdir()
    dtype = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    for i, image in enumerate(values):
        picture = pillow.fromarray(image.astype(dtype))
        assert picture.mode == mode
        picture.save(tmp_path / "files" / f"{i}.tiff")
    files, array = (image_batch(tmp_path / name, CONFIG, 4, 0) for name in ("files", "images.npy"))
    torch.testing.assert_close(files.x, array.x)


def test_blank_images_are_refused(tmp_path):
    images = np.repeat(np.arange(8, dtype=np.uint8), 256).reshape(8, 16, 16)
    np.save(tmp_path / "blank.npy", images)
    with pytest.raises(ProxyrankError, match=r"blank\.npy: each of the 8 images drawn is constant"):
        image_batch(tmp_path / "blank.npy", CONFIG, 4, 0)
    images[0, 0, 0] = 200
    np.save(tmp_path / "one.npy", images)
    assert image_batch(tmp_path / "one.npy", CONFIG, 4, 0).x.std() > 0
