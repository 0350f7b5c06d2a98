"""Writes test/goldens/metrics.json: what scikit-learn's metrics are, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn numpy
    /tmp/goldens/bin/python scripts/goldens-metrics.py

A case is a function of Gradus by name, the data set and which of its columns the function gets, options,
and the value. The versions and the seed stand in the file; NaN and the infinities are strings.
"""

import json
import math
import platform
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics as sk

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "metrics.json"
rng = np.random.default_rng(SEED)
warnings.filterwarnings("ignore")


def weights(n):
    """With few digits, some of them 0."""
    return np.round(rng.gamma(1.0, 1.0, n), 2) * (rng.random(n) > 0.1)


def classes(c, n, right, absent=()):
    """Labels and predictions of c classes, `right` of them right."""
    kept = [k for k in range(c) if k not in absent]
    labels = rng.choice(kept, n)
    predictions = np.where(rng.random(n) < right, labels, rng.choice(kept, n))
    return {"labels": labels, "predictions": predictions, "sampleWeight": weights(n)}


DATA = {
    "binary": classes(2, 40, 0.5),
    "many": classes(5, 60, 0.4),
    "gaps": classes(6, 50, 0.5, absent=(1, 4)),
    "oneClass": {"labels": np.zeros(6, int), "predictions": np.zeros(6, int)},
    "onePredicted": {"labels": np.array([0, 1, 1, 0, 1]), "predictions": np.zeros(5, int)},
    "allWrong": {"labels": np.array([0, 1, 2, 0]), "predictions": np.array([1, 2, 0, 2])},
    "oneSample": {"labels": np.array([1]), "predictions": np.array([1])},
    "never": {"labels": np.zeros(4, int), "predictions": np.array([0, 2, 2, 0])},
}
CASES = []


def plain(value):
    """As JSON has it."""
    if isinstance(value, (np.ndarray, list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if math.isnan(value):
            return "NaN"
        return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    return int(value) if isinstance(value, np.integer) else value


def case(name, data, columns, value, **options):
    CASES.append(
        {"name": name, "data": data, "columns": columns, "options": options, "value": plain(value)}
    )


def weightings(data):
    return [False, True] if "sampleWeight" in DATA[data] else [False]


def weighted(data, on):
    """For scikit-learn, and for Gradus."""
    if not on:
        return {}, {}
    return {"sample_weight": DATA[data]["sampleWeight"]}, {"sampleWeight": True}


def by_class():
    columns = ["labels", "predictions"]
    for data in [name for name, d in DATA.items() if "predictions" in d]:
        y, p = DATA[data]["labels"], DATA[data]["predictions"]
        size = int(max(y.max(), p.max())) + 1
        for on in weightings(data):
            w, ours = weighted(data, on)
            case("accuracyScore", data, columns, sk.accuracy_score(y, p, **w), **ours)
            # Of one class scikit-learn divides by 0: NaN or an infinity.
            for adjusted in [False, True] if len(set(y)) > 1 else [False]:
                value = sk.balanced_accuracy_score(y, p, adjusted=adjusted, **w)
                case("balancedAccuracyScore", data, columns, value, adjusted=adjusted, **ours)
            for normalize in [None, "true", "pred", "all"]:
                value = sk.confusion_matrix(y, p, labels=range(size), normalize=normalize, **w)
                extra = {"normalize": normalize} if normalize else {}
                case("confusionMatrix", data, columns, value.astype(float), **extra, **ours)
            averages = ["micro", "macro", "weighted"] + (["binary"] if size <= 2 else [])
            for average in averages:
                for zero in [0.0, 1.0, math.nan]:
                    both = {"average": average, "zero_division": zero, **w}
                    opts = {"average": average, "zeroDivision": plain(zero), **ours}
                    if zero != 0 and data in ("binary", "many"):
                        continue
                    case("precisionScore", data, columns, sk.precision_score(y, p, **both), **opts)
                    case("recallScore", data, columns, sk.recall_score(y, p, **both), **opts)
                    case("f1Score", data, columns, sk.f1_score(y, p, **both), **opts)
                    for beta in [0.5, 2.0]:
                        value = sk.fbeta_score(y, p, beta=beta, **both)
                        case("fbetaScore", data, columns, value, beta=beta, **opts)
    y, p = DATA["binary"]["labels"], DATA["binary"]["predictions"]
    case("precisionScore", "binary", columns, sk.precision_score(y, p, pos_label=0), posLabel=0)
    y, p = DATA["gaps"]["labels"], DATA["gaps"]["predictions"]
    for zero in [0.0, 1.0, math.nan]:
        value = sk.f1_score(y, p, labels=range(8), average="macro", zero_division=zero)
        opts = {"average": "macro", "zeroDivision": plain(zero), "classes": 8}
        case("f1Score", "gaps", columns, value, **opts)


def top_k():
    columns = ["labels", "scores"]
    y = rng.integers(0, 6, 40)
    DATA["scores"] = {
        "labels": y,
        "scores": np.round(rng.normal(size=(40, 6)) + np.eye(6)[y], 3),
        "sampleWeight": weights(40),
    }
    for k in [1, 2, 3, 6]:
        for on in [False, True]:
            w, ours = weighted("scores", on)
            scores = DATA["scores"]["scores"]
            value = sk.top_k_accuracy_score(y, scores, k=k, labels=range(6), **w)
            case("topKAccuracyScore", "scores", columns, value, k=k, **ours)


by_class()
top_k()

rows = ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in CASES)
sets = {name: {k: plain(v) for k, v in d.items()} for name, d in DATA.items()}
data = ",\n".join(f'"{k}":{json.dumps(v, separators=(",", ":"))}' for k, v in sets.items())
head = f'"sklearn":"{sklearn.__version__}","numpy":"{np.__version__}"'
head += f',"python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"data":{{\n{data}\n}},"cases":[\n{rows}\n]}}\n')
print(OUT.name, len(CASES), OUT.stat().st_size)
