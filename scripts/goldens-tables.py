"""Writes test/goldens/tables.json: what scikit-learn makes of a small table.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy scikit-learn
/tmp/venv/bin/python scripts/goldens-tables.py

Last written with scikit-learn 1.9.1, numpy 2.4.6, Python 3.11; seed 7.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, StandardScaler

GOLDENS = Path(__file__).resolve().parent.parent / "test" / "goldens"

rng = np.random.default_rng(7)
N = 40
numbers = np.round(rng.normal([3, -100, 1e4], [1, 20, 3e3], (N, 3)), 4)
numbers[:, 2] = np.round(numbers[:, 2])
missing = rng.random((N, 3)) < 0.1
missing[0] = False
colours = rng.choice(["red", "green", "dark blue", "Öl"], N)
labels = rng.choice(["no", "yes", "maybe"], N)
colour_missing = rng.random(N) < 0.1
train, test = slice(0, 30), slice(30, N)

gaps = np.where(missing, np.nan, numbers)
imputer = SimpleImputer(strategy="mean").fit(gaps[train])
full = imputer.transform(gaps)
words = np.where(colour_missing, "", colours).astype(object).reshape(-1, 1)
modes = SimpleImputer(strategy="most_frequent", missing_values="").fit(words[train])
filled = modes.transform(words)
one_hot = OneHotEncoder(sparse_output=False).fit(filled[train]).transform(filled)
encoder = LabelEncoder().fit(labels[train])


def rows(scaler) -> list[list[float]]:
    # Statistics of what is there, fillings after them: imputation does not shrink the deviation.
    scaler.fit(gaps[train])
    return np.hstack([scaler.transform(full), one_hot])[test].tolist()


def csv(part: slice) -> str:
    lines = ["a,b,c,colour,label"]
    for i in range(N)[part]:
        cells = ["NA" if missing[i, k] else repr(float(numbers[i, k])) for k in range(3)]
        colour = "" if colour_missing[i] else f'"{colours[i]}"'
        lines.append(",".join([*cells, colour, labels[i]]))
    return "\n".join(lines) + "\n"


golden = {
    "train": csv(train),
    "test": csv(test),
    "standardize": rows(StandardScaler()),
    "minmax": rows(MinMaxScaler()),
    "y": encoder.transform(labels[test]).tolist(),
    "classes": encoder.classes_.tolist(),
}
(GOLDENS / "tables.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
