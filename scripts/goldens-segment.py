"""Writes test/goldens/segment.json: reductions over segments, scatters and sparse products by PyTorch.

Run as scripts/goldens-tensor.py is; used by test/tensor/segment.test.ts and
test/sparse/products.test.ts. Values are multiples of 1/8; gradients are those of Σ w·y with w = the
sequence sin(1), sin(2), … over all elements in order. All in f64.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

SEED = 11
rng = np.random.RandomState(SEED)
cases = []


def rand(*shape):
    """Distinct multiples of 1/8, so that there are no ties."""
    n = int(np.prod(shape))
    return torch.tensor(rng.permutation(n).reshape(shape) / 8 - n / 16, dtype=torch.float64)


def described(t):
    return [list(t.shape), t.detach().reshape(-1).tolist()]


def weighted(y):
    w = torch.sin(torch.arange(1, y.numel() + 1, dtype=torch.float64))
    return (w.reshape(y.shape) * y).sum()


def case(name, f, floats, **given):
    leaves = [x.clone().requires_grad_() for x in floats]
    y = f(*leaves)
    grads = torch.autograd.grad(weighted(y), leaves)
    cases.append({
        "name": name,
        "in": [described(x) for x in floats],
        "out": described(y),
        "grads": [described(g) for g in grads],
        **given,
    })


def pointers(lengths):
    return [0, *np.cumsum(lengths).tolist()]


def segments():
    for lengths in ([3, 1, 4, 2], [0, 5, 0, 6, 0], [17]):
        n = sum(lengths)
        size = torch.tensor(lengths)
        ids = torch.repeat_interleave(torch.arange(len(lengths)), size)
        for width in (1, 3, 17):
            ptr = pointers(lengths)
            for op in ("sum", "mean", "max"):
                if op == "max" and 0 in lengths:
                    continue
                initial = None if op == "max" else 0
                case(f"{op} {lengths} {width}",
                     lambda x, op=op, size=size, initial=initial:
                     torch.segment_reduce(x, op, lengths=size, initial=initial),
                     [rand(n, width)], op=op, ptr=ptr)
            case(f"indexAdd {lengths} {width}",
                 lambda x, ids=ids, k=len(lengths), w=width:
                 torch.zeros(k, w, dtype=torch.float64).index_add(0, ids, x),
                 [rand(n, width)], op="sum", ptr=ptr)


def products():
    for rows, columns, slots, width in ((4, 5, 9, 3), (3, 2, 11, 16), (7, 6, 1, 1)):
        row, column = rng.randint(0, rows, slots), rng.randint(0, columns, slots)
        at = torch.tensor(np.array([row, column]))
        shape = (rows, columns)
        edges = {"rows": row.tolist(), "columns": column.tolist(), "shape": list(shape)}
        case(f"spmm {rows} {columns} {slots} {width}",
             lambda v, x, at=at, shape=shape: torch.sparse.mm(torch.sparse_coo_tensor(at, v, shape), x),
             [rand(slots), rand(columns, width)], op="spmm", **edges)
        case(f"sddmm {rows} {columns} {slots} {width}",
             lambda x, y, at=at: (x @ y.T)[at[0], at[1]],
             [rand(rows, width), rand(columns, width)], op="sddmm", **edges)


def main():
    segments()
    products()
    head = {"torch": torch.__version__, "numpy": np.__version__, "python": sys.version.split()[0], "seed": SEED}
    lines = [json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases]
    text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path = Path(__file__).resolve().parent.parent / "test" / "goldens" / "segment.json"
    path.write_text(text)
    print(f"{len(cases)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
