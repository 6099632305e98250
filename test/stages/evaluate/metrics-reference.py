# Prints the golden values of metrics.test.ts: python metrics-reference.py (needs numpy, scipy, scikit-image).
import json

import numpy as np
from scipy.stats import wasserstein_distance
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def picture(height, width, channels, phase):
    i = np.arange(height * width * channels, dtype=np.float64)
    wave = 0.5 + 0.3 * np.sin(0.37 * i + phase) + 0.2 * np.sin(0.011 * i * (1 + phase))
    return np.clip(wave, 0, 1).astype(np.float32).reshape(height, width, channels)


def patches(picture):
    grey = picture.astype(np.float64) @ [0.299, 0.587, 0.114]
    grid = [grey[y : y + 5, x : x + 5].ravel() for y in range(0, grey.shape[0] - 4, 2) for x in range(0, grey.shape[1] - 4, 2)]
    return np.array([patch - patch.mean() for patch in grid])


def direction(k):
    vector = np.cos(0.7 * np.arange(25) * (k + 1) + k)
    return vector / np.linalg.norm(vector)


def texture_distance(a, b):
    return 1000 * np.mean([wasserstein_distance(a @ direction(k), b @ direction(k)) for k in range(8)])


a, b, c = picture(24, 20, 3, 0.0), picture(24, 20, 3, 0.5), picture(16, 31, 3, 1.0)
print(json.dumps({
    "psnr": peak_signal_noise_ratio(a.astype(np.float64), b.astype(np.float64), data_range=1),
    "ssim": structural_similarity(a.astype(np.float64), b.astype(np.float64), gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2),
    "texture": texture_distance(patches(a), patches(b)),
    "texture_of_sets": texture_distance(np.concatenate([patches(a), patches(c)]), patches(b)),
}, indent=2))
