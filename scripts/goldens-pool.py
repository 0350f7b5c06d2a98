"""Writes test/goldens/pool.json: PyTorch's poolings, for test/tensor/pool.goldens.test.ts.

python3.10 -m venv /tmp/venv
/tmp/venv/bin/pip install --no-deps torch==1.12.1 typing_extensions 'numpy<2'
/tmp/venv/bin/python scripts/goldens-pool.py

(torch 1.12 is the last whose wheel on PyPI imports without CUDA packages.) Every case has a kind (max or
avg), options, and x as [shape, values]; the result y, of max also the indices, and the gradient of
L = Σ v·y by x, where v is the sequence of `weights` over the elements of y in order. All in f64.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SEED = 13
rng = np.random.RandomState(SEED)
MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVG = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def weights(count, step):
    values = [((step * i + 3) % 11 - 4.5) / 4 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64)


def numbers(t):
    return [int(v) if v == int(v) else v for v in t.detach().reshape(-1).tolist()]


def described(t):
    return [list(t.shape), numbers(t)]


def draw(*shape):
    """Few different values: ties are common."""
    return torch.tensor(rng.randint(-6, 7, shape) / 4, dtype=torch.float64)


def case(kind, x, options):
    rank = x.dim() - 2
    names = {"size": "kernel_size", "ceilMode": "ceil_mode", "countIncludePad": "count_include_pad"}
    args = {names.get(k, k): v for k, v in options.items()}
    x.requires_grad_(True)
    out = {"kind": kind, "options": options, "x": described(x)}
    if kind == "max":
        y, indices = MAX[rank](x, return_indices=True, **args)
        out["indices"] = numbers(indices)
    else:
        y = AVG[rank](x, **args)
    (g,) = torch.autograd.grad((y.reshape(-1) * weights(y.numel(), 5)).sum(), [x])
    out.update(y=described(y), grad=numbers(g))
    return out


def cases():
    sizes = {1: [11], 2: [7, 9], 3: [5, 4, 7]}
    for rank in (1, 2, 3):
        settings = itertools.product((2, 3), (1, 2, 3), (0, 1), (False, True))
        for number, (size, stride, padding, ceil) in enumerate(settings):
            if rank == 3 and number % 3:
                continue
            common = {"size": size, "stride": stride, "padding": padding, "ceilMode": ceil}
            dilation = 1 + number % 2 if rank < 3 else 1
            yield case("max", draw(2, 2, *sizes[rank]), dict(common, dilation=dilation))
            include = {"countIncludePad": number % 2 == 0}
            yield case("avg", draw(2, 2, *sizes[rank]), dict(common, **include))
    yield case("max", draw(1, 2, 6, 8), {"size": [3, 2], "stride": [1, 3], "padding": [1, 0]})
    yield case("avg", draw(1, 2, 6, 8), {"size": [3, 2], "stride": [2, 3], "padding": [0, 1]})


torch.set_num_threads(1)
data = {"torch": torch.__version__, "python": sys.version.split()[0], "seed": SEED}
found = list(cases())
path = Path(__file__).parent.parent / "test" / "goldens" / "pool.json"
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in found)
path.write_text(f'{json.dumps(data)[:-1]}, "cases": [\n{lines}\n]}}\n')
print(f"{len(found)} cases, {path.stat().st_size} bytes")
