"""Writes test/goldens/naive-bayes.json: what scikit-learn's naive Bayes gives, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn numpy
    /tmp/goldens/bin/python scripts/goldens-naive-bayes.py

The versions and the seed stand in the file; names of options are those of Gradus. Documents are lists
of features, each as often as it occurs.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

SEED = 16180
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "naive-bayes.json"
KINDS = {"MultinomialNB": MultinomialNB, "BernoulliNB": BernoulliNB}
SNAKE = {"fitPrior": "fit_prior"}

CASES = [
    ("MultinomialNB", {}),
    ("MultinomialNB", {"alpha": 0.1}),
    ("MultinomialNB", {"fitPrior": False}),
    ("BernoulliNB", {}),
    ("BernoulliNB", {"alpha": 2.5, "fitPrior": False}),
]

random = np.random.default_rng(SEED)


def documents(n, features):
    """Counts, one document without any feature."""
    counts = random.poisson(0.6, (n, features))
    counts[n // 2] = 0
    return counts


def lists(counts):
    return [[int(f) for f in range(len(row)) for _ in range(row[f])] for row in counts]


def run(kind, options):
    train, test = documents(14, 9), documents(7, 9)
    labels = np.arange(14) % 3
    labels[-2:] = 2
    model = KINDS[kind](**{SNAKE.get(k, k): v for k, v in options.items()}).fit(train, labels)
    return {
        "kind": kind,
        "options": options,
        "features": 9,
        "train": lists(train),
        "labels": labels.tolist(),
        "test": lists(test),
        "classLogPrior": model.class_log_prior_.tolist(),
        "featureLogProb": model.feature_log_prob_.ravel().tolist(),
        "logProba": model.predict_log_proba(test).ravel().tolist(),
        "predicted": model.predict(test).tolist(),
    }


cases = ",\n".join(json.dumps(run(*c), separators=(",", ":"), allow_nan=False) for c in CASES)
head = f'"sklearn":"{sklearn.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{cases}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
