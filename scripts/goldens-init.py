"""Writes test/goldens/init.json: quantiles and truncated normal distributions, from SciPy.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scipy
    /tmp/goldens/bin/python scripts/goldens-init.py

Moments, and the probability of each tenth of the interval. The versions stand in the file.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "init.json"

PROBABILITIES = [2.0**-60, 1e-16, 1e-12, 1e-9, 1e-5, 0.001, 0.0749, 0.075, 0.0751, 0.2, 0.4999, 0.5]
PROBABILITIES += [1 - p for p in PROBABILITIES if 1e-16 < p < 0.5]

# Mean, standard deviation, a, b.
CASES = [(0, 1, -2, 2), (1, 0.5, 0, 4), (0, 0.02, -0.01, 0.03), (-2, 1, 1, 2), (3, 1, -3, -1), (0, 1, 5, 6)]
CASES += [(0, 1, -0.001, 0.001)]


def truncated(mean, std, a, b):
    d = stats.truncnorm((a - mean) / std, (b - mean) / std, loc=mean, scale=std)
    edges = np.linspace(a, b, 11)
    return {
        "args": [mean, std, a, b],
        "mean": float(d.mean()),
        "std": float(d.std()),
        "tenths": np.diff(d.cdf(edges)).tolist(),
    }


content = {
    "scipy": scipy.__version__,
    "python": platform.python_version(),
    "quantiles": [[p, float(special.ndtri(p))] for p in PROBABILITIES],
    "truncated": [truncated(*c) for c in CASES],
}
OUT.write_text(json.dumps(content, indent=1) + "\n")
print(OUT.name, OUT.stat().st_size)
