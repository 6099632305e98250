# The distances in NumPy, SciPy and scikit-image: reads what distances-reference.test.ts hands in as JSON, prints its own figures.
import json
import sys

import numpy as np
from scipy import linalg, ndimage
from scipy.stats import wasserstein_distance
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

given = json.load(sys.stdin)
BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def pictures(name):
    return [np.array(p["data"], np.float64).reshape(p["height"], p["width"], 3) for p in given[name]]


# tkarras/progressive_growing_of_gans, metrics/sliced_wasserstein.py, with ndimage.convolve an axis pair at a time.
def filtered(image, kernel):
    return np.stack([ndimage.convolve(image[..., c], kernel, mode="mirror") for c in range(3)], -1)


def up(image, shape):
    zeros = np.zeros(shape)
    zeros[::2, ::2] = image
    return filtered(zeros, 4 * BINOMIAL)


def pyramid(image):
    levels = []
    while min(-(-image.shape[0] // 2), -(-image.shape[1] // 2)) >= 16:
        smaller = filtered(image, BINOMIAL)[::2, ::2]
        levels.append(image - up(smaller, image.shape))
        image = smaller
    return levels + [image]


def descriptors(name, level):
    rows = []
    for image, places in zip(pictures(name), given["places"]):
        values = pyramid(image)[level]
        rows += [values[p["top"] : p["top"] + 7, p["left"] : p["left"] + 7] for p in places[level]]
    rows = np.stack(rows)
    return ((rows - rows.mean((0, 1, 2))) / rows.std((0, 1, 2))).reshape(len(rows), -1)


def swd(level):
    directions = np.array(given["directions"])
    a, b = (descriptors(name, level) @ directions.T for name in ("a", "b"))
    return 1000 * np.mean([wasserstein_distance(a[:, k], b[:, k]) for k in range(len(directions))])


# Bińkowski et al. 2018, with the jackknife written out: each image left out once.
def mmd(x, y):
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    xx, yy, xy = kernel(x, x), kernel(y, y), kernel(x, y)
    m, n = len(x), len(y)
    return (xx.sum() - np.trace(xx)) / (m * (m - 1)) + (yy.sum() - np.trace(yy)) / (n * (n - 1)) - 2 * xy.mean()


def jackknife(x, y):
    variance = 0
    for left_out in ([mmd(np.delete(x, i, 0), y) for i in range(len(x))], [mmd(x, np.delete(y, i, 0)) for i in range(len(y))]):
        variance += (len(left_out) - 1) * np.var(left_out)
    return np.sqrt(variance)


# Heusel et al. 2017.
def frechet(x, y):
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    return np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(a + b - 2 * linalg.sqrtm(a @ b).real)


def features(name):
    return np.array(given[name], np.float64)


a, b = pictures("a"), pictures("b")
print(json.dumps({
    "pyramid": [level.ravel().tolist() for level in pyramid(a[0])],
    "swd": [swd(level) for level in range(len(given["places"][0]))],
    "kid": [mmd(features("x"), features("y")), jackknife(features("x"), features("y"))],
    "fid": [frechet(features(x), features(y)) for x, y in (("x", "y"), ("few", "y"), ("few", "fewer"))],
    "psnr": [peak_signal_noise_ratio(p, q, data_range=1) for p, q in zip(a, b)],
    "ssim": [structural_similarity(p, q, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2) for p, q in zip(a, b)],
    "l1": [np.abs(p - q).mean() for p, q in zip(a, b)],
}))
