"""Writes test/goldens/splits.json: the folds that scikit-learn makes where nothing is drawn at random.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn numpy
    /tmp/goldens/bin/python scripts/goldens-splits.py

The version and the seed stand in the file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

SEED = 16180
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "splits.json"
rng = np.random.default_rng(SEED)
CASES = []


def case(name, arg, options, folds):
    folds = [[train.tolist(), test.tolist()] for train, test in folds]
    CASES.append({"name": name, "arg": arg, "options": options, "folds": folds})


for n, k in [(10, 5), (11, 3), (7, 7), (13, 4)]:
    case("kFold", n, {"nSplits": k}, KFold(k).split(np.zeros(n)))

for n, c, k in [(20, 2, 3), (33, 3, 5), (40, 4, 4)]:
    y = rng.permutation(np.concatenate([np.repeat(np.arange(c), k), rng.integers(0, c, n - c * k)]))
    case("stratifiedKFold", y.tolist(), {"nSplits": k}, StratifiedKFold(k).split(y, y))

# Sizes of groups differ: of equal ones scikit-learn takes any first.
for sizes, k in [([5, 3, 9, 2, 1], 2), ([4, 7, 1, 2, 6, 9, 3], 3)]:
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    case("groupKFold", groups.tolist(), {"nSplits": k}, GroupKFold(k).split(groups, groups=groups))

for n, ours, theirs in [
    (12, {}, {}),
    (17, {"nSplits": 3}, {"n_splits": 3}),
    (20, {"nSplits": 3, "testSize": 2, "gap": 2}, {"n_splits": 3, "test_size": 2, "gap": 2}),
    (20, {"nSplits": 4, "maxTrainSize": 5}, {"n_splits": 4, "max_train_size": 5}),
]:
    case("timeSeriesSplit", n, ours, TimeSeriesSplit(**theirs).split(np.zeros(n)))

cases = ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES)
head = f'"sklearn":"{sklearn.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{cases}\n]}}\n')
print(OUT.name, len(CASES), OUT.stat().st_size)
