"""Writes test/goldens/norm.json: what PyTorch's normalisations compute, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-norm.py

Each layer sees three batches in training and one in evaluation. The versions and the seed stand in the
file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import torch

SEED = 31415
BATCHES = 3
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "norm.json"
torch.set_default_dtype(torch.float64)

SNAKE = {
    "trackRunningStats": "track_running_stats",
    "elementwiseAffine": "elementwise_affine",
}

# Layer, positional arguments, options, shape of a batch.
CASES = [
    ("BatchNorm1d", [3], {}, [5, 3]),
    ("BatchNorm1d", [3], {"momentum": None, "eps": 0.1}, [4, 3, 2]),
    ("BatchNorm2d", [4], {"momentum": 0.3}, [2, 4, 3, 2]),
    ("BatchNorm2d", [2], {"affine": False}, [3, 2, 2, 2]),
    ("BatchNorm2d", [2], {"trackRunningStats": False}, [3, 2, 2, 2]),
    ("BatchNorm3d", [2], {}, [2, 2, 2, 3, 2]),
    ("InstanceNorm1d", [3], {}, [2, 3, 5]),
    ("InstanceNorm2d", [3], {"affine": True, "trackRunningStats": True}, [2, 3, 2, 3]),
    ("InstanceNorm3d", [2], {"trackRunningStats": True, "momentum": 0.5}, [2, 2, 2, 2, 2]),
    ("LayerNorm", [5], {}, [4, 5]),
    ("LayerNorm", [[2, 3]], {"eps": 0.01}, [2, 4, 2, 3]),
    ("LayerNorm", [4], {"bias": False}, [3, 4]),
    ("LayerNorm", [4], {"elementwiseAffine": False}, [3, 4]),
    ("GroupNorm", [2, 6], {}, [2, 6, 3]),
    ("GroupNorm", [6, 6], {"affine": False}, [2, 6, 2, 2]),
    ("GroupNorm", [1, 4], {"eps": 0.1}, [3, 4]),
    ("RMSNorm", [5], {}, [4, 5]),
    ("RMSNorm", [[2, 3]], {"eps": 0.01, "elementwiseAffine": False}, [3, 2, 3]),
    ("LocalResponseNorm", [3], {"alpha": 0.5, "beta": 0.6, "k": 2}, [2, 5, 3]),
    ("LocalResponseNorm", [4], {"alpha": 0.5}, [2, 5, 2, 2]),
]


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def run(name, args, options, shape):
    layer = getattr(torch.nn, name)(*args, **{SNAKE.get(k, k): v for k, v in options.items()})
    parameters = dict(layer.named_parameters())
    for p in parameters.values():
        p.data = randn(*p.shape)
    start = {k: pack(v) for k, v in parameters.items()}
    batches = []
    for training in [True] * BATCHES + [False]:
        layer.train(training)
        x = (randn(*shape) * 2 + 1).requires_grad_()
        y = layer(x)
        seed = randn(*shape)
        grads = torch.autograd.grad(y, [x, *parameters.values()], seed)
        batches.append(
            {
                "training": training,
                "x": pack(x),
                "y": pack(y),
                "seed": pack(seed),
                "grads": [pack(g) for g in grads],
            }
        )
    state = {k: pack(v) for k, v in layer.state_dict().items()}
    return {
        "layer": name,
        "args": args,
        "options": options,
        "parameters": start,
        "batches": batches,
        "state": state,
    }


torch.manual_seed(SEED)
cases = ",\n".join(json.dumps(run(*c), separators=(",", ":"), allow_nan=False) for c in CASES)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{cases}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
