"""Writes test/goldens/metrics.json: what scikit-learn's metrics are, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install scikit-learn scipy numpy
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
from scipy.special import log_softmax
from sklearn.calibration import calibration_curve

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


def agreement():
    columns = ["labels", "predictions"]
    for data in [name for name, d in DATA.items() if "predictions" in d]:
        y, p = DATA[data]["labels"], DATA[data]["predictions"]
        size = range(int(max(y.max(), p.max())) + 1)
        for on in weightings(data):
            w, ours = weighted(data, on)
            case("matthewsCorrcoef", data, columns, sk.matthews_corrcoef(y, p, **w), **ours)
            for kind in [None, "linear", "quadratic"]:
                # By class number; without the list, by place among those that occur.
                value = sk.cohen_kappa_score(y, p, labels=size, weights=kind, **w)
                extra = {"weights": kind} if kind else {}
                case("cohenKappaScore", data, columns, value, **extra, **ours)


def ranked(labels, scores):
    return {"labels": labels, "scores": scores, "sampleWeight": weights(len(labels))}


def ranking():
    y = rng.integers(0, 2, 50)
    noise = rng.normal(size=50)
    DATA["ranked"] = ranked(y, np.round(y + 1.5 * noise, 3))
    DATA["tied"] = ranked(y, np.round(y + noise))
    DATA["perfect"] = ranked(np.array([0, 0, 1, 1]), np.array([-2.0, -1.0, 0.0, 3.0]))
    DATA["reversed"] = ranked(np.array([1, 1, 0]), np.array([-2.0, -1.0, 5.0]))
    DATA["constant"] = ranked(np.array([1, 0, 1, 0, 0]), np.full(5, 0.5))
    DATA["positives"] = {"labels": np.ones(3, int), "scores": np.array([0.1, 0.7, 0.4])}
    DATA["negatives"] = {"labels": np.zeros(3, int), "scores": np.array([0.1, 0.7, 0.4])}
    columns = ["labels", "scores"]
    binary = "ranked tied perfect reversed constant positives negatives".split()
    for data in binary:
        y, s = DATA[data]["labels"], DATA[data]["scores"]
        for on in weightings(data):
            w, ours = weighted(data, on)
            case("rocAucScore", data, columns, sk.roc_auc_score(y, s, **w), **ours)
            value = sk.average_precision_score(y, s, **w)
            case("averagePrecisionScore", data, columns, value, **ours)
            for drop in [True, False]:
                fpr, tpr, at = sk.roc_curve(y, s, drop_intermediate=drop, **w)
                value = {"fpr": plain(fpr), "tpr": plain(tpr), "thresholds": plain(at)}
                case("rocCurve", data, columns, value, dropIntermediate=drop, **ours)
            precision, recall, at = sk.precision_recall_curve(y, s, **w)
            value = {"precision": plain(precision), "recall": plain(recall), "thresholds": plain(at)}
            case("precisionRecallCurve", data, columns, value, **ours)
    y, s = DATA["tied"]["labels"], DATA["tied"]["scores"]
    case("rocAucScore", "tied", columns, sk.roc_auc_score(1 - y, s), posLabel=0)
    value = sk.average_precision_score(y, s, pos_label=0)
    case("averagePrecisionScore", "tied", columns, value, posLabel=0)


def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


def ece(confidence, correct, w, bins, norm):
    """Guo et al. 2017, (2) and (3), written out."""
    gaps, shares = [], []
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        inside |= (b == 0) & (confidence == 0)
        if w[inside].sum() == 0:
            continue
        acc = np.average(correct[inside], weights=w[inside])
        conf = np.average(confidence[inside], weights=w[inside])
        gaps.append(abs(acc - conf))
        shares.append(w[inside].sum() / w.sum())
    gaps, shares = np.array(gaps), np.array(shares)
    if norm == "max":
        return gaps.max()
    return (shares * gaps).sum() if norm == "l1" else np.sqrt((shares * gaps**2).sum())


def probabilities():
    y = rng.integers(0, 2, 60)
    p = np.round(np.clip(0.5 + 0.3 * (2 * y - 1) + 0.3 * rng.normal(size=60), 0, 1), 2)
    DATA["given"] = ranked(y, p)
    y = rng.integers(0, 4, 60)
    rows = softmax(rng.normal(size=(60, 4)) + 1.5 * np.eye(4)[y])
    rows[:2] = [[0, 1, 0, 0], [0, 0, 0.5, 0.5]]
    DATA["rows"] = ranked(y, rows)
    columns = ["labels", "scores"]
    for data in ["given", "rows"]:
        y, p = DATA[data]["labels"], DATA[data]["scores"]
        labels = range(2 if data == "given" else 4)
        for on in [False, True]:
            w, ours = weighted(data, on)
            case("logLoss", data, columns, sk.log_loss(y, p, labels=labels, **w), **ours)
            for half in ["auto", True, False]:
                more = {} if data == "given" else {"labels": labels}
                value = sk.brier_score_loss(y, p, scale_by_half=half, **more, **w)
                extra = {} if half == "auto" else {"scaleByHalf": half}
                case("brierScoreLoss", data, columns, value, **extra, **ours)
            confidence = p if data == "given" else p.max(axis=1)
            correct = y if data == "given" else (p.argmax(axis=1) == y)
            each = DATA[data]["sampleWeight"] if on else np.ones(60)
            for bins in [1, 10, 15]:
                for norm in ["l1", "l2", "max"]:
                    value = ece(confidence, correct, each, bins, norm)
                    case("calibrationError", data, columns, value, nBins=bins, norm=norm, **ours)
    y, p = DATA["rows"]["labels"], DATA["rows"]["scores"]
    for on in [False, True]:
        w, ours = weighted("rows", on)
        for average in ["macro", "weighted"]:
            value = sk.roc_auc_score(y, p, multi_class="ovr", average=average, **w)
            case("rocAucScore", "rows", columns, value, average=average, **ours)
            value = sk.average_precision_score(y, p, average=average, **w)
            case("averagePrecisionScore", "rows", columns, value, average=average, **ours)
    y, p = DATA["given"]["labels"], DATA["given"]["scores"]
    for bins in [1, 4, 10]:
        for strategy in ["uniform", "quantile"]:
            true, pred = calibration_curve(y, p, n_bins=bins, strategy=strategy)
            value = {"probTrue": plain(true), "probPred": plain(pred)}
            case("calibrationCurve", "given", columns, value, nBins=bins, strategy=strategy)


def overlap():
    columns = ["labels", "predictions"]
    for data in [name for name, d in DATA.items() if "predictions" in d]:
        y, p = DATA[data]["labels"], DATA[data]["predictions"]
        binary = ["binary"] if max(y.max(), p.max()) < 2 else []
        for average in ["micro", "macro", "weighted", *binary]:
            for on in weightings(data):
                w, ours = weighted(data, on)
                value = sk.jaccard_score(y, p, average=average, zero_division=0.0, **w)
                case("jaccardScore", data, columns, value, average=average, **ours)


def regression():
    y = np.round(10 * rng.normal(size=40), 2)
    DATA["line"] = {"targets": y, "values": np.round(y + rng.normal(size=40), 2)}
    DATA["shifted"] = {"targets": y + 1e6, "values": y + 1e6 + 3}
    DATA["zeros"] = {"targets": np.array([0.0, 1.0, -2.0]), "values": np.array([0.5, 1.0, 2.0])}
    DATA["flat"] = {"targets": np.full(4, 2.0), "values": np.array([2.0, 1.0, 2.0, 3.0])}
    DATA["exact"] = {"targets": np.full(3, 2.0), "values": np.full(3, 2.0)}
    DATA["line"]["sampleWeight"] = weights(40)
    columns = ["targets", "values"]
    functions = {
        "meanAbsoluteError": sk.mean_absolute_error,
        "meanSquaredError": sk.mean_squared_error,
        "rootMeanSquaredError": sk.root_mean_squared_error,
        "meanAbsolutePercentageError": sk.mean_absolute_percentage_error,
        "r2Score": sk.r2_score,
        "explainedVarianceScore": sk.explained_variance_score,
    }
    for data in "line shifted zeros flat exact".split():
        for on in weightings(data):
            w, ours = weighted(data, on)
            for name, f in functions.items():
                value = f(DATA[data]["targets"], DATA[data]["values"], **w)
                case(name, data, columns, value, **ours)


def tokens():
    y = rng.integers(0, 7, 30)
    y[[3, 8]] = -100
    logits = np.round(3 * rng.normal(size=(30, 7)), 2)
    logits[5] += 1000
    DATA["tokens"] = {"labels": y, "logits": logits, "sampleWeight": weights(30)}
    kept = y >= 0
    nll = -log_softmax(logits, axis=1)[kept, y[kept]]
    for on in [False, True]:
        w = DATA["tokens"]["sampleWeight"][kept] if on else None
        _, ours = weighted("tokens", on)
        value = np.exp(np.average(nll, weights=w))
        case("perplexity", "tokens", ["labels", "logits"], value, ignoreIndex=-100, **ours)


def clusters():
    y = rng.integers(0, 4, 50)
    moved = np.where(rng.random(50) < 0.4, rng.integers(0, 6, 50), (y + 2) % 4)
    sets = {
        "clusters": (y, moved),
        "renamed": (y, (y + 1) % 4),
        "chance": (y, rng.integers(0, 5, 50)),
        "whole": (np.zeros(5, int), np.zeros(5, int)),
        "single": (np.arange(6), np.arange(6)),
        "apart": (np.zeros(6, int), np.arange(6)),
        "crossed": (np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])),
    }
    for data, (a, b) in sets.items():
        DATA[data] = {"labels": a, "clusters": b}
        columns = ["labels", "clusters"]
        case("adjustedRandScore", data, columns, sk.adjusted_rand_score(a, b))
        for method in ["arithmetic", "geometric", "min", "max"]:
            value = sk.normalized_mutual_info_score(a, b, average_method=method)
            case("normalizedMutualInfoScore", data, columns, value, averageMethod=method)


def reports():
    columns = ["labels", "predictions"]
    for data in [name for name, d in DATA.items() if "predictions" in d]:
        y, p = DATA[data]["labels"], DATA[data]["predictions"]
        size = int(max(y.max(), p.max())) + 1
        names = ["a class", "b", "c", "d", "quite a long name", "f"][:size]
        named = {"labels": range(size), "target_names": names}
        # With two digits some of these shares would be halfway between two roundings.
        # Where nothing is right scikit-learn prints numbers of samples as 2.0.
        if (y == p).any():
            text = sk.classification_report(y, p, digits=3, zero_division=0)
            case("classificationReport", data, columns, text, digits=3)
            text = sk.classification_report(y, p, digits=4, zero_division=1, **named)
            extra = {"targetNames": names, "zeroDivision": 1}
            case("classificationReport", data, columns, text, digits=4, **extra)
        for on in weightings(data):
            w, ours = weighted(data, on)
            for b in [1.0, 2.0]:
                values = sk.precision_recall_fscore_support(
                    y, p, beta=b, labels=range(size), zero_division=math.nan, **w
                )
                names = ["precision", "recall", "fscore", "support"]
                value = {name: plain(v.astype(float)) for name, v in zip(names, values)}
                extra = {"beta": b, "zeroDivision": "NaN"}
                case("precisionRecallFscoreSupport", data, columns, value, **extra, **ours)


by_class()
top_k()
agreement()
ranking()
probabilities()
overlap()
regression()
tokens()
clusters()
reports()

rows = ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in CASES)
sets = {name: {k: plain(v) for k, v in d.items()} for name, d in DATA.items()}
data = ",\n".join(f'"{k}":{json.dumps(v, separators=(",", ":"))}' for k, v in sets.items())
head = f'"sklearn":"{sklearn.__version__}","numpy":"{np.__version__}"'
head += f',"python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"data":{{\n{data}\n}},"cases":[\n{rows}\n]}}\n')
print(OUT.name, len(CASES), OUT.stat().st_size)
