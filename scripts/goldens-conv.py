"""Writes test/goldens/conv.json: PyTorch's convolutions, for test/tensor/conv.goldens.test.ts.

python3.10 -m venv /tmp/venv
/tmp/venv/bin/pip install --no-deps torch==1.12.1 typing_extensions 'numpy<2'
/tmp/venv/bin/python scripts/goldens-conv.py

(torch 1.12 is the last whose wheel on PyPI imports without CUDA packages.) Every case has a kind (conv
or convTranspose), its options, and x and weight as [shape, values]; the result y and the gradients of
L = Σ v·y by both, where v is the sequence of `weights` over the elements of y in order, and for some
also those of Σ u·∂L/∂x, u over x and then weight. All numbers are multiples of 1/8, 1/32 and so on of
a few bits: every sum is exact in f32, hence the test compares bits.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SEED = 11
rng = np.random.RandomState(SEED)
CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def eighths(*shape):
    return torch.tensor(rng.randint(-8, 9, shape) / 8, dtype=torch.float64)


def weights(count, step):
    values = [((step * i + 3) % 11 - 4.5) / 4 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64)


def numbers(t):
    return [int(v) if v == int(v) else v for v in t.detach().reshape(-1).tolist()]


def described(t):
    return [list(t.shape), numbers(t)]


def case(kind, x, w, options, second=False):
    rank = x.dim() - 2
    function = {"conv": CONV, "convTranspose": TRANSPOSE}[kind][rank]
    torch_names = {"outputPadding": "output_padding"}
    args = {torch_names.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    padding = args.get("padding")
    padded = x.requires_grad_(True)
    w.requires_grad_(True)
    if isinstance(padding, tuple) and any(isinstance(p, list) for p in padding):
        # Asymmetric padding: PyTorch's conv takes none, its pad lists the last axis first.
        pairs = [p if isinstance(p, list) else [p, p] for p in padding]
        padded = F.pad(x, [v for pair in reversed(pairs) for v in pair])
        del args["padding"]
    y = function(padded, w, **args)
    loss = (y.reshape(-1) * weights(y.numel(), 5)).sum()
    grads = torch.autograd.grad(loss, [x, w], create_graph=second)
    out = {
        "kind": kind, "options": options, "x": described(x), "w": described(w), "y": described(y),
        "grads": [numbers(g) for g in grads],
    }
    if second:
        flat = torch.cat([g.reshape(-1) for g in grads])
        total = (flat * weights(len(flat), 7)).sum()
        out["second"] = [numbers(g) for g in torch.autograd.grad(total, [x, w])]
    return out


def cases():
    sizes = {1: [9], 2: [7, 5], 3: [5, 3, 4]}
    kernels = {1: [3], 2: [3, 2], 3: [3, 1, 2]}
    for rank in (1, 2, 3):
        settings = itertools.product((1, 2, 3), (0, 1), (1, 2), (1, 2))
        for number, (stride, padding, dilation, groups) in enumerate(settings):
            if rank == 3 and number % 3:
                continue
            x = eighths(2, 2 * groups, *sizes[rank])
            w = eighths(3 * groups, 2, *kernels[rank])
            options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
            if rank == 3 and dilation == 2 and padding == 0:
                options["padding"] = padding = 1
            yield case("conv", x, w, options, second=number % 4 == 0)
            wt = eighths(2 * groups, 3, *kernels[rank])
            extra = (stride > 1 or dilation > 1) and number % 2
            more = dict(options, outputPadding=1) if extra else options
            yield case("convTranspose", x.detach().clone(), wt, more, second=number % 4 == 1)
    # One number for each axis, asymmetric and 'same' padding, strides beyond the kernel.
    odd = {"stride": [1, 3], "padding": [0, 2], "dilation": [2, 1]}
    yield case("conv", eighths(1, 3, 8, 6), eighths(2, 3, 3, 3), odd, second=True)
    yield case("conv", eighths(1, 2, 6, 5), eighths(2, 2, 2, 3), {"padding": [[1, 0], [0, 2]]})
    yield case("conv", eighths(1, 2, 6, 5), eighths(2, 2, 2, 4), {"padding": "same"})
    yield case("conv", eighths(1, 2, 7), eighths(2, 2, 4), {"padding": "same", "dilation": 2})
    yield case("conv", eighths(2, 2, 11, 13), eighths(3, 2, 2, 2), {"stride": [4, 5]})
    # Depthwise, with a channel multiplier; separable; 1 × 1; a kernel as large as the input.
    yield case("conv", eighths(2, 5, 7, 7), eighths(5, 1, 3, 3), {"groups": 5, "padding": 1}, True)
    yield case("conv", eighths(1, 3, 6, 5), eighths(6, 1, 3, 3), {"groups": 3, "stride": 2})
    yield case("convTranspose", eighths(1, 4, 5, 3), eighths(4, 1, 3, 3), {"groups": 4, "stride": 2})
    yield case("conv", eighths(3, 7, 3, 5), eighths(5, 7, 1, 1), {}, second=True)
    yield case("conv", eighths(2, 3, 5, 5), eighths(4, 3, 5, 5), {}, second=True)
    yield case("conv", eighths(2, 3, 5, 5), eighths(4, 3, 5, 5), {"padding": 4})
    yield case("conv", eighths(1, 1, 1, 1), eighths(1, 1, 3, 3), {"padding": 1})
    yield case("conv", eighths(1, 1, 4, 4, 4), eighths(1, 1, 3, 3, 3), {"padding": "same"}, True)
    yield case("conv", eighths(2, 17, 17), eighths(19, 17, 3), {"padding": 1})


torch.set_num_threads(1)
data = {"torch": torch.__version__, "python": sys.version.split()[0], "seed": SEED}
data["cases"] = list(cases())
path = Path(__file__).parent.parent / "test" / "goldens" / "conv.json"
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in data["cases"])
head = json.dumps({k: v for k, v in data.items() if k != "cases"})[:-1]
path.write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
print(f"{len(data['cases'])} cases, {path.stat().st_size} bytes")
