"""Writes test/goldens/nn.json and optim.json: what PyTorch computes, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-nn.py

The versions and the seed stand in the files. Names are those of Gradus.
"""

import itertools
import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 20240
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens"
torch.set_default_dtype(torch.float64)

TAILS = [-750.0, -50.0, -20.5, -5.0, -1.0, -0.1, 0.0, 0.1, 1.0, 5.0, 20.5, 50.0, 750.0]
REDUCTIONS = ["mean", "sum", "none"]


def randn(*shape):
    """Normal, with few digits to keep the files short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def rand(*shape):
    return torch.rand(*shape).mul(1000).round().div(1000)


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def case(op, f, inputs, options=None, tensors=None):
    """f of the inputs; the gradients of <seed, f> by all floats among them."""
    tensors = tensors or {}
    wrt = [x for x in inputs if x.dtype.is_floating_point]
    for x in wrt:
        x.requires_grad_()
    y = f(*inputs)
    seed = randn(y.shape)
    grads = torch.autograd.grad(y, wrt, seed)
    for x in wrt:
        x.requires_grad_(False)
    return {
        "op": op,
        "options": options or {},
        "tensors": {name: pack(t) for name, t in tensors.items()},
        "inputs": [pack(x) for x in inputs],
        "output": pack(y),
        "seed": pack(seed),
        "grads": [pack(g) for g in grads],
    }


def activations():
    x = torch.cat([torch.tensor(TAILS), randn(5) * 2])
    rows = randn(2, 3, 4) * 3
    yield case("relu", F.relu, [x])
    yield case("sigmoid", torch.sigmoid, [x])
    yield case("tanh", torch.tanh, [x])
    yield case("silu", F.silu, [x])
    for slope in [0.01, 0.2]:
        options = {"negativeSlope": slope}
        yield case("leakyRelu", lambda v, s=slope: F.leaky_relu(v, s), [x], options)
    for form in ["none", "tanh"]:
        yield case("gelu", lambda v, a=form: F.gelu(v, approximate=a), [x], {"approximate": form})
    for beta, threshold in [(1, 20), (2.5, 4)]:
        options = {"beta": beta, "threshold": threshold}
        yield case("softplus", lambda v, o=options: F.softplus(v, **o), [x], options)
    for alpha in [1.0, 1.7]:
        yield case("elu", lambda v, a=alpha: F.elu(v, a), [x], {"alpha": alpha})
    for axis in [-1, 1]:
        yield case("softmax", lambda v, a=axis: F.softmax(v, a), [rows], {"axis": axis})
        yield case("logSoftmax", lambda v, a=axis: F.log_softmax(v, a), [rows], {"axis": axis})


def linear():
    x, w, b = randn(2, 3, 5), randn(4, 5), randn(4)
    yield case("linear", F.linear, [x, w, b])
    yield case("linear", F.linear, [x, w])
    yield case("linear", F.linear, [x[0, 0].clone(), w, b])


def class_losses():
    """Cross-entropy and NLL with class numbers: all combinations of the options."""
    classes = 3
    weight = rand(classes) + 0.5
    shapes = [(5, classes), (2, classes, 2), (classes,)]
    for shape, reduction, weighted, ignored in itertools.product(
        shapes, REDUCTIONS, [False, True], [False, True]
    ):
        if len(shape) == 1 and ignored:
            continue
        x = randn(shape) * 4
        axis = min(1, len(shape) - 1)
        y = torch.randint(0, classes, [d for i, d in enumerate(shape) if i != axis])
        options = {"reduction": reduction}
        named = {"reduction": reduction}
        if ignored:
            y.view(-1)[::3] = -100
            options["ignoreIndex"] = -100
        if weighted:
            named["weight"] = weight
        tensors = {"weight": weight} if weighted else {}
        for smoothing in [0.0, 0.1]:
            own = options | ({"labelSmoothing": smoothing} if smoothing else {})
            f = lambda v, t: F.cross_entropy(v, t, label_smoothing=smoothing, **named)
            yield case("crossEntropy", f, [x, y], own, tensors)
        logs = F.log_softmax(x, axis).mul(1000).round().div(1000)
        yield case("nllLoss", lambda v, t: F.nll_loss(v, t, **named), [logs, y], options, tensors)


def element_losses():
    for reduction in REDUCTIONS:
        x, t = randn(3, 4), randn(3, 4)
        t[0, 0] = x[0, 0]
        options = {"reduction": reduction}
        yield case("mseLoss", lambda a, b: F.mse_loss(a, b, reduction=reduction), [x, t], options)
        yield case("l1Loss", lambda a, b: F.l1_loss(a, b, reduction=reduction), [x, t], options)
        z = torch.tensor(TAILS)
        q = rand(len(TAILS))
        q[::2] = q[::2].round()
        some, many = rand(len(TAILS)), rand(1) + 2
        for tensors in [{}, {"weight": some}, {"posWeight": many}]:
            named = {"weight": tensors.get("weight"), "pos_weight": tensors.get("posWeight")}
            f = lambda a, b: F.binary_cross_entropy_with_logits(a, b, reduction=reduction, **named)
            yield case("binaryCrossEntropyWithLogits", f, [z, q], options, tensors)


# Optimizers ------------------------------------------------------------------------------------

STEPS = 50
LR_DROP = 25  # From this step on the learning rate is halved.
KEPT = [1, 2, 3, 10, 25, 26, 27, 50]

OPTIMIZERS = [
    ("SGD", torch.optim.SGD, {"lr": 0.03}),
    ("SGD", torch.optim.SGD, {"lr": 0.03, "weightDecay": 0.1}),
    ("SGD", torch.optim.SGD, {"lr": 0.03, "momentum": 0.9}),
    ("SGD", torch.optim.SGD, {"lr": 0.03, "momentum": 0.8, "dampening": 0.4, "weightDecay": 0.1}),
    ("SGD", torch.optim.SGD, {"lr": 0.03, "momentum": 0.9, "nesterov": True}),
    ("Adam", torch.optim.Adam, {"lr": 0.05}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "betas": [0.5, 0.9], "eps": 1e-3, "weightDecay": 0.1}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05, "betas": [0.8, 0.99], "weightDecay": 0.3}),
    ("AdaGrad", torch.optim.Adagrad, {"lr": 0.2}),
    ("AdaGrad", torch.optim.Adagrad, {"lr": 0.2, "lrDecay": 0.05, "eps": 0.01, "weightDecay": 0.1}),
    ("RMSProp", torch.optim.RMSprop, {"lr": 0.02}),
    ("RMSProp", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.8, "eps": 0.01, "weightDecay": 0.1}),
    ("AdaGrad", torch.optim.Adagrad, {"lr": 0.2, "initialAccumulatorValue": 0.3, "maximize": True}),
    ("RMSProp", torch.optim.RMSprop, {"lr": 0.01, "momentum": 0.7, "eps": 0.01}),
    ("RMSProp", torch.optim.RMSprop, {"lr": 0.01, "centered": True, "eps": 0.1}),
    ("RMSProp", torch.optim.RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5, "eps": 0.1}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "amsgrad": True, "betas": [0.8, 0.7]}),
    ("AMSGrad", lambda ps, **o: torch.optim.Adam(ps, amsgrad=True, **o), {"lr": 0.1}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05, "amsgrad": True, "maximize": True}),
    ("AdaDelta", torch.optim.Adadelta, {}),
    ("AdaDelta", torch.optim.Adadelta, {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weightDecay": 0.1}),
    ("Adamax", torch.optim.Adamax, {"lr": 0.05}),
    ("Adamax", torch.optim.Adamax, {"lr": 0.05, "betas": [0.6, 0.9], "eps": 0.01, "weightDecay": 0.1}),
    ("NAdam", torch.optim.NAdam, {"lr": 0.05}),
    ("NAdam", torch.optim.NAdam, {"lr": 0.05, "betas": [0.8, 0.99], "momentumDecay": 0.3}),
    ("NAdam", torch.optim.NAdam, {"lr": 0.05, "momentumDecay": 0, "weightDecay": 0.1}),
    (
        "NAdam",
        torch.optim.NAdam,
        {"lr": 0.05, "weightDecay": 0.3, "decoupledWeightDecay": True},
    ),
    ("RAdam", torch.optim.RAdam, {"lr": 0.05}),
    ("RAdam", torch.optim.RAdam, {"lr": 0.05, "betas": [0.8, 0.95], "weightDecay": 0.1}),
    (
        "RAdam",
        torch.optim.RAdam,
        {"lr": 0.05, "eps": 0.01, "weightDecay": 0.3, "decoupledWeightDecay": True},
    ),
]
CLIPS = [
    {"maxNorm": 0.7},
    {"maxNorm": 0.5, "normType": float("inf")},
    {"maxNorm": 1.5, "normType": 1},
    {"clipValue": 0.2},
]
SNAKE = {
    "weightDecay": "weight_decay",
    "lrDecay": "lr_decay",
    "initialAccumulatorValue": "initial_accumulator_value",
    "momentumDecay": "momentum_decay",
    "decoupledWeightDecay": "decoupled_weight_decay",
}


def optimizers():
    a = [rand(3, 2) * 3 + 0.1, rand(4) * 3 + 0.1]
    b = [randn(3, 2), randn(4)]
    start = [randn(3, 2), randn(4)]

    def run(make, clip=None):
        params = [p.clone().requires_grad_() for p in start]
        optimizer = make(params)
        points, norms = {}, []
        for step in range(1, STEPS + 1):
            if step == LR_DROP:
                for group in optimizer.param_groups:
                    group["lr"] /= 2
            optimizer.zero_grad()
            # Σ a θ² / 2 - b θ + θ⁴ / 10
            parts = [x / 2 * p * p - y * p + p**4 / 10 for p, x, y in zip(params, a, b)]
            sum(part.sum() for part in parts).backward()
            if clip and "clipValue" in clip:
                torch.nn.utils.clip_grad_value_(params, clip["clipValue"])
            elif clip:
                norm = torch.nn.utils.clip_grad_norm_(
                    params, clip["maxNorm"], clip.get("normType", 2.0)
                )
                norms.append(norm.item())
            optimizer.step()
            if step in KEPT:
                points[step] = [v for p in params for v in p.detach().flatten().tolist()]
        return {"points": points, "norms": [norms[i - 1] for i in KEPT if norms]}

    trajectories = []
    for name, kind, options in OPTIMIZERS:
        theirs = {SNAKE.get(k, k): v for k, v in options.items()}
        found = run(lambda ps: kind(ps, **theirs))
        trajectories.append({"name": name, "options": options, "points": found["points"]})
    clipped = []
    for clip in CLIPS:
        found = run(lambda ps: torch.optim.SGD(ps, lr=0.1), clip)
        named = {k: "Infinity" if v == float("inf") else v for k, v in clip.items()}
        clipped.append({"clip": named, **found})
    return {
        "steps": STEPS,
        "lrDrop": LR_DROP,
        "a": [pack(t) for t in a],
        "b": [pack(t) for t in b],
        "start": [pack(t) for t in start],
        "trajectories": trajectories,
        "clipped": clipped,
    }


def names():
    """Names that PyTorch gives to nested modules."""

    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(
                [torch.nn.Linear(2, 2), torch.nn.Linear(2, 3, bias=False)]
            )
            self.scale = torch.nn.Parameter(torch.ones(3))
            self.register_buffer("count", torch.zeros(()))

    net = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Sequential(Block(), torch.nn.ReLU()))
    return {
        "parameters": [n for n, _ in net.named_parameters()],
        "buffers": [n for n, _ in net.named_buffers()],
        # Gradus has plain arrays in their place, which are no modules.
        "modules": [n for n, m in net.named_modules() if not isinstance(m, torch.nn.ModuleList)],
        "stateDict": list(net.state_dict()),
    }


def gains():
    gain = torch.nn.init.calculate_gain
    plain = [{"args": [f], "gain": gain(f)} for f in ["linear", "sigmoid", "tanh", "relu", "selu"]]
    leaky = [{"args": ["leakyRelu", *a], "gain": gain("leaky_relu", *a)} for a in [[], [5**0.5]]]
    return plain + leaky


def write(name, content):
    about = {"torch": torch.__version__, "python": platform.python_version(), "seed": SEED}
    text = json.dumps({**about, **content}, separators=(",", ":"), allow_nan=False)
    (OUT / name).write_text(text.replace('{"op"', '\n{"op"').replace('{"name"', '\n{"name"') + "\n")
    print(name, len(text))


def main():
    torch.manual_seed(SEED)
    cases = [*activations(), *linear(), *class_losses(), *element_losses()]
    write("nn.json", {"cases": cases, "names": names(), "gains": gains()})
    torch.manual_seed(SEED)
    write("optim.json", optimizers())


if __name__ == "__main__":
    main()
