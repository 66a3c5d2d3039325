"""Prints the structural similarities that TestSSIM compares with.

    pip install scikit-image==0.24.0 "numpy<2"
    python make_ssim.py
"""

import numpy as np
from skimage.metrics import structural_similarity

y, x = np.mgrid[0:48, 0:48].astype(float)
MAPS = {
    "wave": np.sin(0.3 * x) + np.cos(0.2 * y) * 0.5,
    "shifted": np.sin(0.3 * (x + 2)) + np.cos(0.2 * y) * 0.5,
    "ramp": x - 2 * y,
    "blob": np.exp(-((x - 20) ** 2 + (y - 30) ** 2) / 60),
}


def relative(a):
    a = np.abs(a)
    return a / a.max()


for other in ("wave", "shifted", "ramp", "blob"):
    value = structural_similarity(
        relative(MAPS["wave"]), relative(MAPS[other]),
        data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )
    print(f"{other} {value:.9f}")
