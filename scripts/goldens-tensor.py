"""Writes test/goldens/tensor.json: what PyTorch computes, for test/tensor/goldens.test.ts.

python3.10 -m venv /tmp/venv
/tmp/venv/bin/pip install --no-deps torch==1.12.1 typing_extensions 'numpy<2'
/tmp/venv/bin/python scripts/goldens-tensor.py

(torch 1.12 is the last whose wheel on PyPI imports without CUDA packages.) The versions used and the
seed are in the file. Each case has a name, which the test knows too; inputs, as [shape, values] with a
dtype where that is fixed; and the results in f64 and in f32, or once where the dtypes are fixed.
Of the results y, `grads` are the gradients of L = Σ w·y by each float input, and `second` those of
Σ u·∂L/∂x over all inputs x, where w and u are the sequences of `weights` over all elements in order.
Inputs are multiples of 1/8, hence exact in f32.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SEED = 7
rng = np.random.RandomState(SEED)
DTYPES = {"f64": torch.float64, "f32": torch.float32}
NAMES = {
    torch.float64: "f64", torch.float32: "f32", torch.int32: "i32", torch.int64: "i32",
    torch.uint8: "u8", torch.bool: "bool",
}
NAN, INF = math.nan, math.inf
cases = []


def rand(*shape):
    """Multiples of 1/8 in ±2."""
    return np.array(rng.randint(-16, 17, shape) / 8)


def positive(*shape):
    """Multiples of 1/8 in (0, 2]."""
    return np.array(rng.randint(1, 17, shape) / 8)


def i32(values):
    return torch.tensor(values, dtype=torch.int32)


def u8(values):
    return torch.tensor(values, dtype=torch.uint8)


def boolean(values):
    return torch.tensor(values, dtype=torch.bool)


def f32(values):
    return torch.tensor(values, dtype=torch.float32)


def f64(values):
    return torch.tensor(values, dtype=torch.float64)


def long(t):
    return t.to(torch.int64)


def weights(count, step):
    return [((step * i + 3) % 11 - 4.5) / 4 for i in range(count)]


def weighted(tensors, step):
    """Σ w·t over all elements of all tensors."""
    flat = torch.cat([t.reshape(-1) for t in tensors])
    return (flat * torch.tensor(weights(len(flat), step), dtype=flat.dtype)).sum()


def numbers(t):
    """The values in the shortest form that gives them back, and what JSON lacks as text."""
    def number(v):
        if isinstance(v, (bool, int)):
            return int(v)
        if not math.isfinite(v):
            return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
        if v == int(v) and abs(v) < 2**53 and (v != 0 or math.copysign(1, v) > 0):
            return int(v)
        return float(str(np.float32(v))) if t.dtype == torch.float32 else v
    return [number(v) for v in t.detach().reshape(-1).tolist()]


def described(t, with_dtype):
    return [list(t.shape), numbers(t)] + ([NAMES[t.dtype]] if with_dtype else [])


def evaluate(f, inputs, grad, second):
    xs = [x for x in inputs if x.dtype.is_floating_point]
    for x in xs:
        x.requires_grad_(grad)
    ys = f(*inputs)
    ys = list(ys) if isinstance(ys, (tuple, list)) else [ys]
    out = {"out": [described(y, not grad) for y in ys]}
    if grad:
        gs = torch.autograd.grad(weighted(ys, 5), xs, create_graph=second)
        out["grads"] = [numbers(g) for g in gs]
    if second:
        hs = torch.autograd.grad(weighted(gs, 7), xs, allow_unused=True)
        out["second"] = [numbers(torch.zeros_like(x) if h is None else h) for x, h in zip(xs, hs)]
    return out


def case(name, f, *inputs, grad=True, second=False):
    """Arrays are float inputs, in f64 and in f32; tensors keep their dtype, and a case of tensors
    alone is computed once and has no gradients."""
    entry = {"name": name, "in": []}
    floats = [x for x in inputs if not isinstance(x, torch.Tensor)]
    for x in inputs:
        fixed = isinstance(x, torch.Tensor)
        entry["in"].append(described(x if fixed else torch.tensor(np.array(x, "f8")), fixed))
    if not floats:
        entry["fixed"] = evaluate(f, list(inputs), False, False)
    for dtype in DTYPES if floats else ():
        made = [
            x if isinstance(x, torch.Tensor) else torch.tensor(np.array(x), dtype=DTYPES[dtype])
            for x in inputs
        ]
        entry[dtype] = evaluate(f, made, grad, second)
    cases.append(entry)


def arithmetic():
    pairs = {"[2,3] [3]": ((2, 3), (3,)), "[2,1,3] [4,1]": ((2, 1, 3), (4, 1)), "[] [2,2]": ((), (2, 2))}
    for shapes, (a, b) in pairs.items():
        case(f"add {shapes}", torch.add, rand(*a), rand(*b))
        case(f"sub {shapes}", torch.sub, rand(*a), rand(*b))
        case(f"mul {shapes}", torch.mul, rand(*a), rand(*b), second=True)
        case(f"div {shapes}", torch.div, rand(*a), positive(*b), second=True)
    case("pow [2,3] [3]", torch.pow, positive(2, 3), rand(3), second=True)
    case("remainder [8] [8]", torch.remainder,
         [3.5, -3.5, 3.5, -3.5, 0.5, -0.5, 7, -7], [2, 2, -2, -2, 2, 2, -3, 3])
    case("maximum with ties", torch.maximum, [[1, 2, 3], [-1, 2, 0.5]], [1, 2.5, 0.5])
    case("minimum with ties", torch.minimum, [[1, 2, 3], [-1, 2, 0.5]], [1, 2.5, 0.5])
    case("maximum, minimum of NaN", lambda x, y: (torch.maximum(x, y), torch.minimum(x, y)),
         [NAN, 1, NAN, INF], [1, NAN, NAN, -INF], grad=False)


def elementwise():
    wide = [-2.5, -1, -0.125, 0.125, 0.75, 3]
    for name in ["neg", "sin", "cos"]:
        case(name, getattr(torch, name), wide)
    for name in ["exp", "expm1", "tanh", "sigmoid", "erf"]:
        case(name, getattr(torch, name), wide, second=True)
    for name in ["log", "sqrt", "rsqrt", "reciprocal"]:
        case(name, getattr(torch, name), [0.125, 0.5, 1, 2, 1000], second=True)
    case("log1p", torch.log1p, [-0.875, -0.125, 0.125, 1000], second=True)
    # At kinks and at the ends of the range.
    for name in ["abs", "sign", "relu", "floor", "ceil", "round"]:
        case(name, getattr(torch, name), [-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3.5])
    case("gradient at 0 of sqrt, rsqrt, log", lambda x, y, z: (x.sqrt(), y.rsqrt(), z.log()), 0, 0, 0)
    special = [0, -1, INF, -INF, NAN]
    for name in ["exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "tanh", "sigmoid", "erf", "relu",
                 "sign", "abs", "reciprocal", "sin", "floor", "round"]:
        case(f"{name} of specials", getattr(torch, name), special, grad=False)
    case("exp, sigmoid beyond the range", lambda x: (x.exp(), x.sigmoid()), [-1000, 1000], grad=False)
    case("isFinite, isNaN", lambda x: (x.isfinite(), x.isnan()), special, grad=False)
    for e in [0, 1, 2, 3, 4, 0.5, 1.5, -1, -2]:
        case(f"pow {e} of 0 and positive", lambda x, e=e: x.pow(e), [0, 0.5, 2])
    for e in [0, 2, 3, 5, -1, -3]:
        case(f"pow {e} of negative", lambda x, e=e: x.pow(e), [-2, -0.5])
    case("pow 3 twice", lambda x: x.pow(3), [-2, 0, 1.5], second=True)
    case("pow corners", torch.pow,
         [0, 0, 0, -2, -2, -8, INF, 1, NAN, -INF], [0, -1, 2, 3, 0.5, 1 / 8, 0, NAN, 0, 3], grad=False)
    case("pow gradients at 0", torch.pow, [0, 0, 0, 2], [0, 2, 1, 0])
    case("pow gradients at negative bases", lambda x: x.pow(torch.tensor([2.0, 3.0, 0.0], dtype=x.dtype)),
         [-2, -0.5, -1])


def limits():
    x = [-3, -1, -0.5, 0, 1, 4]
    case("clamp -1 1", lambda t: t.clamp(-1, 1), x)
    case("clamp min 0", lambda t: t.clamp(min=0), x)
    case("clamp max -0.5", lambda t: t.clamp(max=-0.5), x)
    case("clamp with min above max", lambda t: t.clamp(1, -1), x, grad=False)
    case("clamp by tensors", torch.clamp, x, [-1, -2, 0, -1, 2, 3.0], [1, 0, 1, -0.5, 3, 3.5])
    case("clamp of NaN", lambda t: t.clamp(-1, 1), [NAN, INF], grad=False)
    case("where broadcast", torch.where, boolean([[True, False, True], [False, False, True]]),
         rand(3), rand(2, 1))
    case("comparisons of NaN", lambda a, b: (a.eq(b), a.ne(b), a.lt(b), a.le(b), a.gt(b), a.ge(b)),
         [NAN, 1, NAN, 1, 0], [1, NAN, NAN, 1, -0.0], grad=False)


def products():
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 2, 3), (2, 3, 2)),
              ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (3, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)),
              ((1, 2, 3), (2, 3, 1))]
    text = lambda s: "[" + ",".join(map(str, s)) + "]"
    for a, b in shapes:
        case(f"matmul {text(a)} {text(b)}", torch.matmul, rand(*a), rand(*b))
    case("matmul twice", torch.matmul, rand(2, 3), rand(3, 2), second=True)
    case("dot", torch.dot, rand(4), rand(4))
    case("outer", torch.outer, rand(2), rand(3))
    case("matmul of integers", torch.matmul, i32([[1, -2], [3, 4]]), i32([[5], [-6]]))
    for equation, *operands in [
        ("ij,jk->ik", (2, 3), (3, 2)), ("nij,njk->nik", (2, 2, 3), (2, 3, 2)), ("i,j->ij", (2,), (3,)),
        ("ba", (2, 3)), ("ii->", (3, 3)), ("ii->i", (3, 3)), ("ij->j", (2, 3)), ("ij,ij->", (2, 3), (2, 3)),
        ("...i,i->...", (2, 2, 3), (3,)), ("bij,bjk,bkl->bil", (2, 1, 2), (2, 2, 2), (2, 2, 1)),
        ("nhld,nhsd->nhls", (1, 2, 2, 2), (1, 2, 3, 2)), ("ij,kj", (2, 3), (2, 3)),
        ("bn,anm,bm->ba", (2, 2), (3, 2, 2), (2, 2)), ("ijj->i", (2, 3, 3)), ("...ij,...jk", (2, 1, 2), (2, 2)),
    ]:
        f = lambda *t, e=equation: torch.einsum(e, *t)
        case(f"einsum {equation}", f, *[rand(*s) for s in operands])
    case("einsum twice", lambda x, y: torch.einsum("ij,kj->ik", x * x, y), rand(2, 2), rand(2, 2), second=True)


def reductions():
    x = rand(2, 3, 2)
    for axis in [0, 1, -1]:
        case(f"softmax {axis}", lambda t, a=axis: t.softmax(a), x)
        case(f"logSoftmax {axis}", lambda t, a=axis: t.log_softmax(a), x)
        case(f"logSumExp {axis}", lambda t, a=axis: t.logsumexp(a), x)
    case("softmax twice", lambda t: t.softmax(-1), rand(2, 3), second=True)
    case("logSoftmax twice", lambda t: t.log_softmax(-1), rand(2, 3), second=True)
    case("logSumExp twice", lambda t: t.logsumexp(-1), rand(2, 3), second=True)
    case("logSumExp [0,2] keepDim", lambda t: t.logsumexp((0, 2), keepdim=True), x)
    extreme = [[1000, 0, -1000], [-INF, 0, 1], [-INF, 88, -88]]
    case("softmax of extremes", lambda t: (t.softmax(-1), t.log_softmax(-1)), extreme)
    case("logSumExp of extremes", lambda t: t.logsumexp(-1), extreme)
    case("logSumExp of -Infinity alone", lambda t: t.logsumexp(-1), [-INF, -INF], grad=False)
    for c in [0, 1]:
        for axis in [None, 0, (0, 2)]:
            a = "all" if axis is None else str(axis).replace("(", "[").replace(")", "]").replace(" ", "")
            axes = axis if axis is not None else (0, 1, 2)
            case(f"variance {a} correction {c}", lambda t, d=axes, c=c: torch.var(t, d, correction=c), x)
            case(f"std {a} correction {c}", lambda t, d=axes, c=c: torch.std(t, d, correction=c), x)
    case("variance twice", lambda t: torch.var(t, 1, correction=1), rand(2, 3), second=True)
    case("std of equal values", lambda t: t.std(), [1.5, 1.5, 1.5])
    for p in [1, 2, 3, 0.5, INF]:
        name = "Infinity" if p == INF else p
        y = [[1, -2, 2], [0, 0.5, -2]] if p != 0.5 else [[1, -2, 2], [0.25, 0.5, -2]]
        case(f"norm {name} along 1", lambda t, p=p: torch.linalg.vector_norm(t, p, 1), y)
        case(f"norm {name}", lambda t, p=p: torch.linalg.vector_norm(t, p), y)
        if p != 0.5:
            case(f"norm {name} of zeros", lambda t, p=p: torch.linalg.vector_norm(t, p), [0, 0])
    case("norm twice", lambda t: torch.linalg.vector_norm(t, 2, 1), positive(2, 3), second=True)
    for label, values in [("no zero", [1.5, -2, 0.5]), ("one zero", [1.5, 0, 0.5]), ("two zeros", [0, 2, 0])]:
        case(f"prod, {label}", lambda t: t.prod(), values, second=label != "two zeros")
    case("prod along 1", lambda t: t.prod(1), [[1, 2, 0], [0.5, -1, 2], [0, 3, 0]])
    ties = [[[1, 3], [3, 3]], [[-1, 2], [2, -1]]]
    for name in ["amax", "amin"]:
        f = getattr(torch, name)
        case(f"{name} all, ties", lambda t, f=f: f(t), ties)
        case(f"{name} 0, ties", lambda t, f=f: f(t, 0), ties)
        case(f"{name} [1,2] keepDim, ties", lambda t, f=f: f(t, (1, 2), keepdim=True), ties)
    case("max all, ties", lambda t: t.max(), ties)
    case("min all, ties", lambda t: t.min(), ties)
    case("amax twice", lambda t: (t * t).amax(1), [[1, 2, -2], [0.5, -3, 3]], second=True)
    case("max, min of NaN", lambda t: (t.amax(1), t.amin(1)), [[1, NAN, 2], [INF, -INF, 0]], grad=False)
    case("argmax, argmin, ties", lambda t: (t.argmax(), t.argmin(), t.argmax(1), t.argmin(1), t.argmax(-1, keepdim=True)),
         [[1, 3, 3, 1], [2, 2, 2, 2]], grad=False)
    case("argmax, argmin of NaN", lambda t: (t.argmax(1), t.argmin(1)), [[1, NAN, 2, NAN], [NAN, 1, 0, 5]], grad=False)
    case("sum, mean", lambda t: (t.sum(), t.sum((0, 2)), t.mean(1, keepdim=True), t.mean()), rand(2, 3, 2))
    case("all, any", lambda t: (t.all(), t.any(), t.all(1), t.any(0)), boolean([[True, False], [True, True]]))


def indexing():
    x = rand(3, 4)
    case("at 1", lambda t: t[1], x)
    case("at -1 2", lambda t: t[-1, 2], x)
    case("at : 1:3", lambda t: t[:, 1:3], x)
    case("at ... ::2", lambda t: t[..., ::2], x)
    case("at [2,0]", lambda t, i: t[long(i)], x, i32([2, 0]))
    case("at : [0,2,2,-1]", lambda t, i: t[:, long(i)], x, i32([0, 2, 2, -1]))
    case("at [0,1] [1,3]", lambda t, i, j: t[long(i), long(j)], x, i32([0, 1]), i32([1, 3]))
    case("at [[0],[2]] [1,3]", lambda t, i, j: t[long(i), long(j)], x, i32([[0], [2]]), i32([1, 3]))
    case("at null : 1", lambda t: t[None, :, 1], x)
    y = rand(2, 3, 2)
    case("at [0,1] : [1,0]", lambda t, i, j: t[long(i), :, long(j)], y, i32([0, 1]), i32([1, 0]))
    case("at : [0,2] [1,0]", lambda t, i, j: t[:, long(i), long(j)], y, i32([0, 2]), i32([1, 0]))
    case("at 1 : [0,0,1]", lambda t, i: t[1, :, long(i)], y, i32([0, 0, 1]))
    case("at null 0:1 [1,1] ...", lambda t, i: t[None, 0:1, long(i), ...], y, i32([1, 1]))
    case("at [[0,1],[1,1]] ... 0", lambda t, i: t[long(i), ..., 0], y, i32([[0, 1], [1, 1]]))
    case("indexSelect 1", lambda t, i: t.index_select(1, long(i)), x, i32([3, 0, 3]))
    case("gather 1", lambda t, i: t.gather(1, long(i)), x, i32([[0, 0], [3, 1], [2, 2]]))
    case("gather 0, smaller index", lambda t, i: t.gather(0, long(i)), x, i32([[2, 0, 1]]))
    case("scatterAdd 0", lambda t, i, s: t.scatter_add(0, long(i), s), rand(3, 2), i32([[0, 2], [0, 2], [1, 2], [0, 0]]), rand(4, 2))
    case("scatterAdd 1", lambda t, i, s: t.scatter_add(1, long(i), s), rand(2, 3), i32([[0, 0], [2, 1]]), rand(2, 2))
    case("gather twice", lambda t, i: t.mul(t).gather(1, long(i)), rand(2, 3), i32([[0, 0], [2, 1]]), second=True)
    case("oneHot 4", lambda i: F.one_hot(long(i), 4).float(), i32([[0, 3], [1, 1]]))


def movement():
    x = rand(2, 3, 4)
    for k in [-1, 0, 2]:
        case(f"tril {k}", lambda t, k=k: t.tril(k), x)
        case(f"triu {k}", lambda t, k=k: t.triu(k), x)
    for k in [-2, 0, 1]:
        case(f"diagonal {k}", lambda t, k=k: t.diagonal(k, -2, -1), x)
    y = rand(2, 3)
    case("pad [[1,0],[2,1]] 0.5", lambda t: F.pad(t, (2, 1, 1, 0), value=0.5), y)
    case("pad [[-1,1]]", lambda t: F.pad(t, (-1, 1)), y)
    case("flip 1", lambda t: t.flip(1), y)
    case("flip all", lambda t: t.flip((0, 1)), y)
    case("roll 1 1", lambda t: t.roll(1, 1), y)
    case("roll -5 1", lambda t: t.roll(-5, 1), y)
    case("repeat [2,1,2]", lambda t: t.repeat(2, 1, 2), y)
    case("tile [2]", lambda t: t.tile(2), y)
    case("expand [2,-1,3]", lambda t: t.expand(2, -1, 3), rand(2, 1))
    case("transpose, permute, reshape", lambda t: (t.transpose(0, 2), t.permute(2, 0, 1), t.reshape(-1, 6)), x)
    case("concat 1", lambda a, b: torch.cat([a, b], 1), rand(2, 1), rand(2, 2))
    case("concat -2", lambda a, b: torch.cat([a, b, a], -2), rand(1, 2), rand(2, 2))
    case("stack 1", lambda a, b: torch.stack([a, b], 1), rand(2, 2), rand(2, 2))
    case("stack -1", lambda a, b: torch.stack([a, b], -1), rand(2), rand(2))
    case("split 2", lambda t: t.split(2, 1), rand(2, 5))
    case("split [1,3,1]", lambda t: t.split([1, 3, 1], 1), rand(2, 5))
    case("chunk 2", lambda t: t.chunk(2, 1), rand(2, 5))
    case("chunk 4 of 5", lambda t: t.chunk(4, 0), rand(5))
    case("unbind 1", lambda t: t.unbind(1), y)
    case("narrow 1 1 2", lambda t: t.narrow(1, 1, 2), y)


def dtypes():
    near = [-1.75, -1, -0.5, -0.0, 0.5, 1.5, 200.75]
    case("f64 to others", lambda t: (t.int(), t.bool(), t.float()), f64(near + [0.1]))
    case("f32 to others", lambda t: (t.int(), t.bool(), t.double()), f32(near + [0.1]))
    case("f32 to u8", lambda t: t.to(torch.uint8), f32([0, 0.75, 1.5, 255]))
    case("f64 to f32 beyond the range", lambda t: t.float(), f64([1e300, -1e300, 1e-300, 16777217, NAN]))
    case("i32 to others", lambda t: (t.to(torch.uint8), t.bool(), t.float(), t.double()), i32([-1, 0, 1, 255, 256, 16777217, 2147483647]))
    case("u8 to others", lambda t: (t.int(), t.bool(), t.float()), u8([0, 1, 128, 255]))
    case("bool to others", lambda t: (t.int(), t.to(torch.uint8), t.float()), boolean([True, False]))
    a, b = i32([7, -7, 7, -7, 6, -6]), i32([3, 3, -3, -3, 3, 3])
    case("remainder of integers", torch.remainder, a, b)
    case("division of integers", torch.div, a, b)
    case("sub, mul of integers", lambda x, y: (x - y, x * y), a, b)
    case("i32 wraps", lambda x: (x + 1, x * 2, -x), i32([2147483647, -2147483648]))
    case("u8 wraps", lambda x, y: (x + y, x - y, x * y), u8([200, 100, 16]), u8([100, 200, 16]))
    case("integer pow", lambda x: (x.pow(0), x.pow(2), x.pow(5)), i32([-3, 0, 2]))
    case("abs, sign of integers", lambda x: (x.abs(), x.sign()), i32([-3, 0, 2]))
    case("exp, sqrt of integers", lambda x: (x.exp(), x.sqrt()), i32([0, 1, 4]))
    case("sum, prod, max of integers", lambda x: (x.sum(), x.prod(1), x.amax(0)), i32([[-3, 2], [5, 4]]))
    case("sum of u8, of bool", lambda x, y: (x.sum(), y.sum()), u8([200, 100]), boolean([True, True, False]))
    i, u, t = i32([1, -2]), u8([3, 200]), boolean([True, False])
    h, d = f32([0.5, 0.1]), f64([0.1, 2])
    case("promotion", lambda i, u, t, h, d: (i + u, i + h, u + h, h + d, i + d, t + h, t + i, u * t),
         i, u, t, h, d)
    case("promotion with numbers", lambda i, u, h: (i + 1, i + 1.5, i * 2, u + 1, h + 1, i / 2, i.eq(1)), i, u, h)
    case("linspace", lambda: torch.linspace(-1, 2, 7, dtype=torch.float64))
    case("arange", lambda: (torch.arange(2, 9, 3), torch.arange(0, 1, 0.25), torch.arange(3, -1, -2)))


def main():
    for group in [arithmetic, elementwise, limits, products, reductions, indexing, movement, dtypes]:
        group()
    names = [c["name"] for c in cases]
    assert len(set(names)) == len(names), "two cases have one name"
    head = {"torch": torch.__version__, "numpy": np.__version__, "python": sys.version.split()[0], "seed": SEED}
    lines = [json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases]
    text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path = Path(__file__).resolve().parent.parent / "test" / "goldens" / "tensor.json"
    path.write_text(text)
    print(f"{len(cases)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
