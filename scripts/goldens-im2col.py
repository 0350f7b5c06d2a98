"""Writes test/goldens/im2col.json: PyTorch's unfold and fold, for test/tensor/im2col.test.ts.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-im2col.py

Every case has options, x, its columns y = unfold(x), a seed v for them, and fold(v), which is also the
gradient of ⟨v, y⟩ by x, and the gradient of ⟨x, fold(v)⟩ by v. All in f64; small integers, so that every
sum is exact.
"""

import itertools
import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 1706
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "im2col.json"
torch.set_default_dtype(torch.float64)


def draw(*shape):
    return torch.randint(-9, 10, shape).double()


def pack(t):
    return {"shape": list(t.shape), "dtype": "f64", "data": [int(v) for v in t.flatten().tolist()]}


def run(shape, size, stride, padding, dilation):
    args = {"kernel_size": size, "stride": stride, "padding": padding, "dilation": dilation}
    x = draw(*shape).requires_grad_()
    y = F.unfold(x, **args)
    v = draw(*y.shape).requires_grad_()
    folded = F.fold(v, shape[2:], **args)
    (gx,) = torch.autograd.grad(y, [x], v)
    (gv,) = torch.autograd.grad(folded, [v], x)
    assert torch.equal(gx, folded)
    options = {"size": size, "stride": stride, "padding": padding, "dilation": dilation}
    named = {"x": x, "columns": y, "seed": v, "image": folded, "seedGrad": gv}
    return {"options": options, **{k: pack(t.detach()) for k, t in named.items()}}


torch.manual_seed(SEED)
# Odd and even extents, in which windows fit exactly and not.
every = itertools.product([1, 2, 3], [1, 2, 3], [0, 1], [1, 2])
cases = [run([1, 1, 5, 6], *options) for options in every]
cases += [
    run([2, 3, 7, 4], [3, 2], [2, 1], [1, 0], [1, 3]),
    run([2, 2, 5, 5], [1, 4], [1, 3], [0, 2], [2, 1]),
    run([3, 1, 4, 9], [4, 2], [1, 4], [0, 1], [1, 1]),
]
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{lines}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
