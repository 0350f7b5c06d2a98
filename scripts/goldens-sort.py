"""Writes test/goldens/sort.json: orders and cumulative sums of PyTorch, for test/tensor/ordering.test.ts.

python3.10 -m venv /tmp/venv
/tmp/venv/bin/pip install --no-deps torch==1.12.1 typing_extensions 'numpy<2'
/tmp/venv/bin/python scripts/goldens-sort.py

Each case has the operation, its arguments, the operand as [shape, values], and by dtype the results,
as [shape, values] each. Of float operands `grad` is the gradient of Σ w·values, where w are the
`weights`, and `second` that of Σ u·∂/∂x Σ w·values². Operands are multiples of 1/8, hence exact in f32.
The head names the versions and the seed.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch

SEED = 11
rng = np.random.RandomState(SEED)
NAMES = {torch.float64: "f64", torch.float32: "f32", torch.int32: "i32", torch.uint8: "u8"}
DTYPES = {name: dtype for dtype, name in NAMES.items()}
NAN, INF = math.nan, math.inf
cases = []


def rand(*shape, most=32):
    """Multiples of 1/8, some of them equal."""
    return np.array(rng.randint(-most, most + 1, shape) / 8)


def weights(count, step):
    return torch.tensor([((step * i + 3) % 11 - 4.5) / 4 for i in range(count)], dtype=torch.float64)


def numbers(t):
    def number(v):
        if isinstance(v, int):
            return v
        if not math.isfinite(v):
            return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
        return float(str(np.float32(v))) if t.dtype == torch.float32 else v
    return [number(v) for v in t.detach().reshape(-1).tolist()]


def described(t):
    return [list(t.shape), numbers(t)]


def results(f, x):
    y = f(x)
    if isinstance(y, torch.Tensor):
        return [y]
    return [y[0], y[1].to(torch.int32)]


def case(op, args, f, x, dtypes=("f64", "f32", "i32", "u8"), grad=True):
    x = np.array(x, "f8")
    entry = {"op": op, "args": args, "x": [list(x.shape), numbers(torch.tensor(x))]}
    for name in dtypes:
        t = torch.tensor(np.abs(x * 8) if name == "u8" else x * 8 if name == "i32" else x).to(DTYPES[name])
        ys = results(f, t)
        if op == "cumsum" and name in ("i32", "u8"):
            ys = [y.to(torch.int32) for y in ys]
        entry[name] = [described(y) for y in ys]
    if grad:
        t = torch.tensor(x, requires_grad=True)
        values = results(f, t)[0]
        w = weights(values.numel(), 5).reshape(values.shape)
        (g,) = torch.autograd.grad((w * values).sum(), t, retain_graph=True)
        (h,) = torch.autograd.grad((w * values * values).sum(), t, create_graph=True)
        (s,) = torch.autograd.grad((weights(t.numel(), 7).reshape(t.shape) * h).sum(), t)
        entry["grad"], entry["second"] = numbers(g), numbers(s)
    cases.append(entry)


def main():
    special = [[NAN, 1, -0.0, INF, 0.0], [2, NAN, -INF, 2, NAN]]
    for dim in [-1, 0, 1]:
        for descending in [False, True]:
            f = lambda t, d=dim, r=descending: torch.sort(t, dim=d, descending=r, stable=True)
            case("sort", [dim, {"descending": descending}], f, rand(4, 7, 3, most=8))
            case("sort", [dim, {"descending": descending}], f, special, ("f64", "f32"), grad=False)
    # topk does not say which of equal elements it takes: here none are equal.
    distinct = rng.permutation(90).reshape(3, 30) / 8 - 5
    for dim, k in [(-1, 5), (-1, 30), (0, 2), (1, 1)]:
        for largest in [True, False]:
            f = lambda t, d=dim, k=k, l=largest: torch.topk(t, k, d, l, True)
            case("topk", [k, dim, {"largest": largest}], f, distinct, ("f64", "f32", "i32"))
    for dim, k in [(-1, 1), (0, 3), (1, 17)]:
        f = lambda t, d=dim, k=k: torch.kthvalue(t, k, d)
        case("kthvalue", [k, dim], f, distinct, ("f64", "f32", "i32"))
    for dim in [0, 1, -1]:
        case("cumsum", [dim], lambda t, d=dim: torch.cumsum(t, d), rand(3, 5, 4))
    case("cumsum", [0], lambda t: torch.cumsum(t, 0), [1, INF, 2, -INF, 3], ("f64", "f32"), grad=False)
    head = {"torch": torch.__version__, "numpy": np.__version__, "python": sys.version.split()[0], "seed": SEED}
    lines = [json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases]
    text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path = Path(__file__).resolve().parent.parent / "test" / "goldens" / "sort.json"
    path.write_text(text)
    print(f"{len(cases)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
