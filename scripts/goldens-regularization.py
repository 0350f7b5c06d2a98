"""Writes test/goldens/regularization.json, to full precision, in f64:

- elasticNet: what scikit-learn's ElasticNet finds to be the minimum;
- renorm: weights before and after PyTorch's renorm;
- beta: the distribution function of Beta(a, a) by SciPy.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy scipy scikit-learn
    /tmp/goldens/bin/python scripts/goldens-regularization.py

The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import math
import platform
from pathlib import Path

import numpy
import scipy
import sklearn
import torch
from scipy.stats import beta
from sklearn.linear_model import ElasticNet

SEED = 16180
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "regularization.json"


def elastic_net(rng, l1_ratio):
    x = rng.standard_normal((30, 6)).round(3)
    y = (x @ [2.0, 0, -1, 0, 0, 0.1] + 0.1 * rng.standard_normal(30)).round(3)
    model = ElasticNet(alpha=0.2, l1_ratio=l1_ratio, fit_intercept=False, tol=1e-14, max_iter=100000)
    model.fit(x, y)
    return {
        "alpha": 0.2,
        "l1Ratio": l1_ratio,
        "x": x.tolist(),
        "y": y.tolist(),
        "coef": model.coef_.tolist(),
    }


def renorm(rng, shape, axis, p, limit):
    w = rng.standard_normal(shape).round(3)
    after = torch.renorm(torch.tensor(w), math.inf if p == "Infinity" else p, axis, limit)
    return {
        "axis": axis,
        "normType": p,
        "maxNorm": limit,
        "before": w.tolist(),
        "after": after.tolist(),
    }


def distribution(a):
    points = [i / 20 for i in range(1, 20)]
    return {"alpha": a, "points": points, "cdf": beta.cdf(points, a, a).tolist()}


rng = numpy.random.default_rng(SEED)
parts = {
    "elasticNet": [elastic_net(rng, r) for r in (0.3, 0.9, 1.0)],
    "renorm": [
        renorm(rng, (4, 3), 0, 2, 1.2),
        renorm(rng, (3, 4), 1, 1, 1.5),
        renorm(rng, (4, 2, 3), 0, 3, 1.0),
        renorm(rng, (4, 3), -1, "Infinity", 0.8),
    ],
    "beta": [distribution(a) for a in (0.1, 0.4, 1.0, 3.0)],
}
versions = {
    "torch": torch.__version__,
    "sklearn": sklearn.__version__,
    "scipy": scipy.__version__,
    "numpy": numpy.__version__,
    "python": platform.python_version(),
    "seed": SEED,
}
lines = [f'"{k}":{json.dumps(v, separators=(",", ":"), allow_nan=False)}' for k, v in parts.items()]
head = json.dumps(versions, separators=(",", ":"))[1:-1]
OUT.write_text("{" + head + ",\n" + ",\n".join(lines) + "\n}\n")
print(OUT.name, OUT.stat().st_size)
