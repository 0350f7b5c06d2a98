"""Writes test/goldens/embedding.json: PyTorch's embedding and embedding_bag, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-embedding.py

The versions and the seed stand in the file; names of options are those of Gradus. `after` is the table
afterwards, which max_norm changes.
"""

import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "embedding.json"
torch.set_default_dtype(torch.float64)

SNAKE = {
    "paddingIdx": "padding_idx",
    "maxNorm": "max_norm",
    "normType": "norm_type",
    "scaleGradByFreq": "scale_grad_by_freq",
    "includeLastOffset": "include_last_offset",
}

# Shape of the table, indices, options.
LOOKUPS = [
    ([5, 3], [[1, 4, 1], [0, 2, 1]], {}),
    ([5, 3], 2, {}),
    ([4, 2], [3], {}),
    ([5, 3], [[1, 0, 0], [4, 1, 0]], {"paddingIdx": 0}),
    ([5, 3], [1, 4, 4], {"paddingIdx": -1}),
    ([6, 4], [[[5, 1]], [[5, 0]]], {"maxNorm": 1.0}),
    ([6, 4], [2, 2, 3], {"maxNorm": 0.5, "normType": 1.0}),
    ([6, 4], [2, 2, 3], {"maxNorm": 0.5, "normType": float("inf")}),
    ([6, 4], [2, 2, 3, 2], {"scaleGradByFreq": True}),
    ([6, 4], [2, 2, 3, 0], {"scaleGradByFreq": True, "paddingIdx": 2, "maxNorm": 0.7}),
]

# Shape of the table, indices, offsets (none for indices [N, T]), whether there are weights, options.
BAGS = [
    ([6, 3], [1, 2, 4, 5, 4, 3], [0, 2, 2, 5], False, {"mode": "sum"}),
    ([6, 3], [1, 2, 4, 5, 4, 3], [0, 2, 2, 5], False, {"mode": "mean"}),
    ([6, 3], [1, 2, 4, 5, 4, 3], [0, 2, 2, 5], False, {"mode": "max"}),
    ([6, 3], [1, 2, 4, 5, 4, 3], [0, 2, 2, 5], True, {"mode": "sum"}),
    ([6, 3], [[1, 2, 4], [5, 4, 3]], None, True, {"mode": "sum"}),
    ([6, 3], [[1, 2, 1], [5, 4, 5]], None, False, {"mode": "sum"}),
    ([6, 3], [[1, 2, 1], [5, 4, 5]], None, False, {"mode": "mean"}),
    ([6, 3], [[1, 2, 1], [5, 4, 5]], None, False, {"mode": "max"}),
    ([6, 3], [1, 2, 0, 0, 4, 0], [0, 3, 4], False, {"mode": "sum", "paddingIdx": 0}),
    ([6, 3], [1, 2, 0, 0, 4, 0], [0, 3, 4], False, {"mode": "mean", "paddingIdx": 0}),
    ([6, 3], [1, 2, 0, 0, 4, 0], [0, 3, 4], False, {"mode": "max", "paddingIdx": 0}),
    ([6, 3], [[1, 0, 0], [0, 0, 0]], None, False, {"mode": "mean", "paddingIdx": 0}),
    ([6, 3], [1, 2, 4, 5], [0, 1, 4], False, {"mode": "sum", "includeLastOffset": True}),
    ([6, 3], [1, 2, 4, 1], [0, 1], False, {"mode": "mean", "maxNorm": 0.8}),
    ([6, 3], [1, 2, 4, 1], [0, 1], False, {"mode": "sum", "scaleGradByFreq": True}),
]


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def snake(options):
    return {SNAKE.get(k, k): v for k, v in options.items()}


def finish(case, y, weight, others=()):
    seed = randn(*y.shape)
    grads = torch.autograd.grad(y, [weight, *others], seed)
    return {
        **case,
        # JSON has no infinity.
        "options": {k: "inf" if v == float("inf") else v for k, v in case["options"].items()},
        "output": pack(y),
        "seed": pack(seed),
        "grads": [pack(g) for g in grads],
        "after": pack(weight),
    }


def lookup(shape, indices, options):
    weight = randn(*shape).requires_grad_()
    x = torch.tensor(indices)
    case = {"options": options, "input": pack(x), "weight": pack(weight)}
    # In place on a leaf that is being differentiated only without its history.
    return finish(case, F.embedding(x, weight, **snake(options)), weight)


def bag(shape, indices, offsets, weighted, options):
    weight = randn(*shape).requires_grad_()
    x = torch.tensor(indices)
    case = {"options": options, "input": pack(x), "weight": pack(weight)}
    given = {}
    if offsets is not None:
        given["offsets"] = torch.tensor(offsets)
        case["offsets"] = pack(given["offsets"])
    if weighted:
        given["per_sample_weights"] = randn(*x.shape).requires_grad_()
        case["perSampleWeights"] = pack(given["per_sample_weights"])
    y = F.embedding_bag(x, weight, **given, **snake(options))
    return finish(case, y, weight, [given["per_sample_weights"]] if weighted else [])


def lines(cases):
    return ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases)


torch.manual_seed(SEED)
lookups = lines([lookup(*c) for c in LOOKUPS])
bags = lines([bag(*c) for c in BAGS])
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"lookups":[\n{lookups}\n],"bags":[\n{bags}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
