"""Writes test/goldens/principal-subspace.json: reconstructions by scikit-learn's PCA.

Run with a Python that has numpy and scikit-learn: python scripts/goldens-pca.py
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.decomposition import PCA

SEED = 0
random = numpy.random.default_rng(SEED)
mixing = random.normal(size=(7, 7)) * numpy.array([4, 3, 2, 1.5, 1, 0.5, 0.2])[:, None]
train = random.normal(size=(50, 7)) @ mixing + random.normal(size=7)
test = random.normal(size=(20, 7)) @ mixing


def case(size):
    pca = PCA(size, svd_solver="full").fit(train)
    back = pca.inverse_transform(pca.transform(test))
    return {"size": size, "error": float(((back - test) ** 2).mean()), "back": back.tolist()}


golden = {
    "versions": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__},
    "seed": SEED,
    "train": train.tolist(),
    "test": test.tolist(),
    "cases": [case(size) for size in (1, 2, 4, 6)],
}
path = pathlib.Path(__file__).parent.parent / "test" / "goldens" / "principal-subspace.json"
path.write_text(json.dumps(golden) + "\n")
