"""Writes test/goldens/activations.json: what PyTorch's activations compute, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-activations.py

Values and gradients at kinks, in both tails, at infinities and NaN, and at random points. What is not
finite is written as a string. The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import math
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 16180
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "activations.json"
torch.set_default_dtype(torch.float64)

# Kinks of some activation, and what lies near them; tails in which e^x leaves the range of f32.
FINITE = [-1e4, -88.5, -20.5, -6, -3.25, -3, -2.75, -1, -0.75, -0.5, -0.25, -0.001]
POINTS = [-math.inf, *FINITE, 0, *[-x for x in reversed(FINITE)], math.inf, math.nan]


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    data = [v if math.isfinite(v) else str(v) for v in t.detach().flatten().tolist()]
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return {"shape": list(t.shape), "dtype": "f64", "data": [names.get(v, v) for v in data]}


def case(op, f, inputs, options=None, args=()):
    for x in inputs:
        x.requires_grad_()
    y = f(*inputs)
    seed = randn(y.shape)
    grads = torch.autograd.grad(y, inputs, seed)
    for x in inputs:
        x.requires_grad_(False)
    return {
        "op": op,
        "options": options or {},
        "args": list(args),
        "inputs": [pack(x) for x in inputs],
        "output": pack(y),
        "seed": pack(seed),
        "grads": [pack(g) for g in grads],
    }


def elementwise():
    x = torch.cat([torch.tensor(POINTS), randn(8) * 2])
    plain = {
        "relu": F.relu,
        "relu6": F.relu6,
        "selu": F.selu,
        "silu": F.silu,
        "mish": F.mish,
        "sigmoid": torch.sigmoid,
        "logSigmoid": F.logsigmoid,
        "tanh": torch.tanh,
        "softsign": F.softsign,
        "hardsigmoid": F.hardsigmoid,
        "hardswish": F.hardswish,
    }
    for op, f in plain.items():
        yield case(op, f, [x])
    for form in ["none", "tanh"]:
        yield case("gelu", lambda v: F.gelu(v, approximate=form), [x], {"approximate": form})
    for slope in [0.01, -0.5]:
        yield case("leakyRelu", lambda v: F.leaky_relu(v, slope), [x], {"negativeSlope": slope})
    for beta, threshold in [(1, 20), (0.5, 3)]:
        options = {"beta": beta, "threshold": threshold}
        yield case("softplus", lambda v: F.softplus(v, **options), [x], options)
    for alpha in [1.0, 0.7]:
        yield case("elu", lambda v: F.elu(v, alpha), [x], {"alpha": alpha})
        yield case("celu", lambda v: F.celu(v, alpha), [x], {"alpha": alpha})
    for low, high in [(-1, 1), (-3, 0.5)]:
        options = {"minVal": low, "maxVal": high}
        yield case("hardtanh", lambda v: F.hardtanh(v, low, high), [x], options)
    for lambd in [0.5, 0, 3]:
        yield case("softshrink", lambda v: F.softshrink(v, lambd), [x], {"lambd": lambd})
        yield case("hardshrink", lambda v: F.hardshrink(v, lambd), [x], {"lambd": lambd})


def trained():
    # Each point is a channel, so that the gradients of the slopes are told apart.
    x = torch.stack([torch.tensor(POINTS), randn(len(POINTS))])
    yield case("prelu", F.prelu, [x, randn(len(POINTS))])
    yield case("prelu", F.prelu, [randn(2, 3, 2, 2), torch.tensor([0.25, -0.5, 0.1])])
    yield case("prelu", F.prelu, [torch.tensor(FINITE), torch.tensor([0.3])])
    yield case("prelu", F.prelu, [randn(2, 3), torch.tensor([0.25])])


def along_axes():
    rows = randn(2, 4, 6) * 3
    for axis in [-1, 1]:
        yield case("softmax", lambda v: F.softmax(v, axis), [rows], args=[axis])
        yield case("logSoftmax", lambda v: F.log_softmax(v, axis), [rows], args=[axis])
        yield case("glu", lambda v: F.glu(v, axis), [rows], args=[axis])
    values = torch.tensor([*FINITE, 0, math.inf])
    gates = torch.tensor([*reversed(FINITE), math.inf, 0])
    yield case("glu", F.glu, [torch.cat([values, gates])])
    # PyTorch has no maxout; `amax` shares the gradient among equals as well.
    ties = torch.tensor([[1.0, 1, 0, 2, 3, 3], [0, -1, -math.inf, 5, math.inf, 4]])
    for x, pieces, axis in [(rows, 3, -1), (rows, 2, 1), (rows, 1, 0), (ties, 3, -1), (ties, 2, 1)]:
        at = axis % x.dim()
        f = lambda v: v.unflatten(at, (-1, pieces)).amax(at + 1)
        yield case("maxout", f, [x], args=[pieces, axis])


torch.manual_seed(SEED)
cases = [c for family in [elementwise, trained, along_axes] for c in family()]
lines = ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{lines}\n]}}\n')
print(OUT.name, len(cases), OUT.stat().st_size)
