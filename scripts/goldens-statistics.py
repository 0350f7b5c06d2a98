"""Writes test/goldens/statistics.json: distributions, tests and intervals of SciPy, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scipy numpy
    /tmp/goldens/bin/python scripts/goldens-statistics.py

The versions and the seed stand in the file.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

SEED = 14142
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "statistics.json"
rng = np.random.default_rng(SEED)


def table(function, *grids):
    """Arguments and values."""
    return [[*map(float, args), float(function(*args))] for args in zip(*grids)]


x = [-37.0, -20.0, -8.0, -5.0, -3.5, -3.0, -2.9, -1.5, -0.3, -1e-9, 0.0, 0.1, 1.0, 2.5, 4.0, 7.0]
p = [1e-300, 1e-50, 1e-12, 1e-5, 0.001, 0.025, 0.1, 0.3, 0.5, 0.6, 0.95, 0.975, 0.9999, 1 - 1e-10]
chi = [0.0, 1e-6, 0.5, 1.0, 3.84, 10.0, 50.0, 400.0]
t = [(0.0, 3), (0.5, 1), (-2.0, 1), (2.776, 4), (1.0, 9), (-4.5, 9), (30.0, 5), (1.96, 1000), (3.0, 1e4)]
beta = [(0.5, 2, 3), (0.01, 0.5, 0.5), (0.99, 4, 0.5), (0.3, 20, 40), (0.7, 500, 0.5), (0.999, 500, 0.5)]
gamma = [0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 10.5, 100.0, 5000.0]


def paired(n, shift, ratio):
    a, b = np.round(rng.normal(0.9, 0.02, n), 4), np.round(rng.normal(0.9 - shift, 0.02, n), 4)
    d = a - b
    statistic = d.mean() / np.sqrt((1 / n + ratio) * d.var(ddof=1))
    value = 2 * stats.t.sf(abs(statistic), n - 1)
    if ratio == 0:
        theirs = stats.ttest_rel(a, b)
        assert np.isclose(theirs.statistic, statistic) and np.isclose(theirs.pvalue, value)
    return {
        "first": a.tolist(),
        "second": b.tolist(),
        "testTrainRatio": ratio,
        "difference": d.mean(),
        "statistic": statistic,
        "df": n - 1,
        "p": value,
    }


def five_by_two():
    a, b = np.round(rng.normal(0.9, 0.01, (5, 2)), 4), np.round(rng.normal(0.88, 0.01, (5, 2)), 4)
    d = a - b
    statistic = d[0, 0] / np.sqrt(d.var(axis=1, ddof=1).mean())
    return {
        "first": a.tolist(),
        "second": b.tolist(),
        "difference": d.mean(),
        "statistic": statistic,
        "df": 5,
        "p": 2 * stats.t.sf(abs(statistic), 5),
    }


def mcnemar(b, c):
    chi2 = [max(0, abs(b - c) - k) ** 2 / (b + c) if b + c else 0 for k in (1, 0)]
    return {
        "b": b,
        "c": c,
        "exact": stats.binomtest(min(b, c), b + c).pvalue if b + c else 1.0,
        "corrected": [chi2[0], stats.chi2.sf(chi2[0], 1)],
        "plain": [chi2[1], stats.chi2.sf(chi2[1], 1)],
    }


def interval(name, statistic, data, level, method):
    result = stats.bootstrap(
        (data,),
        statistic,
        n_resamples=200,
        confidence_level=level,
        method=method,
        random_state=np.random.default_rng(SEED),
    )
    return {
        "statistic": name,
        "data": data.tolist(),
        "level": level,
        "method": "BCa" if method == "BCa" else method,
        "estimate": float(statistic(data, axis=-1)),
        "distribution": result.bootstrap_distribution.tolist(),
        "low": result.confidence_interval.low,
        "high": result.confidence_interval.high,
    }


skewed = np.round(rng.exponential(2.0, 25), 3)
normal = np.round(rng.normal(5, 1, 30), 3)
content = {
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
    "seed": SEED,
    "normalCdf": table(special.ndtr, x),
    "normalQuantile": table(special.ndtri, p),
    "chiSquaredTail": table(lambda v: stats.chi2.sf(v, 1), chi),
    "studentTails": table(lambda v, df: 2 * stats.t.sf(abs(v), df), *zip(*t)),
    "incompleteBeta": table(lambda v, a, b: special.betainc(a, b, v), *zip(*beta)),
    "logGamma": table(special.gammaln, gamma),
    "mcNemar": [
        mcnemar(b, c)
        for b, c in [(0, 0), (0, 5), (5, 5), (1, 9), (3, 12), (20, 41), (649, 220), (150, 149)]
        + [(4000, 4200), (10, 990)]
    ],
    "pairedTTest": [paired(*args) for args in [(5, 0.01, 0), (10, 0.0, 0), (10, 0.02, 1 / 9), (2, 0.1, 0)]],
    "fiveByTwo": [five_by_two() for _ in range(3)],
    "bootstrap": [
        interval("mean", np.mean, data, level, method)
        for data, level in [(skewed, 0.95), (normal, 0.9)]
        for method in ["percentile", "basic", "BCa"]
    ]
    + [interval("deviation", np.std, skewed, 0.95, "BCa")],
}
lines = ",\n".join(
    f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'), allow_nan=False)}" for k, v in content.items()
)
OUT.write_text(f"{{{lines}}}\n")
print(OUT.name, OUT.stat().st_size)
