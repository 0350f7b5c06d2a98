"""Writes test/goldens/scan.json: recurrent networks of PyTorch, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-scan.py

The versions and the seed stand in the file. Shapes are [T, N, D] and PyTorch's for the weights:
weight_ih [gates · H, D], weight_hh [gates · H, H], with the gates i, f, g, o of an LSTM and r, z, n
of a GRU.
"""

import json
import platform
from pathlib import Path

import torch

SEED = 4711
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "scan.json"
torch.set_default_dtype(torch.float64)


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    return {"shape": list(t.shape), "data": t.detach().flatten().tolist()}


def case(kind, steps, batch, size, hidden, reverse):
    make = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind]
    net = make(size, hidden)
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(randn(*p.shape).div(2))
    x = randn(steps, batch, size).requires_grad_()
    states = [randn(batch, hidden).requires_grad_() for _ in range(2 if kind == "lstm" else 1)]
    initial = [s.unsqueeze(0) for s in states]
    given = x.flip(0) if reverse else x
    ys, last = net(given, tuple(initial) if kind == "lstm" else initial[0])
    ys = ys.flip(0) if reverse else ys
    last = [s.squeeze(0) for s in last] if kind == "lstm" else [last.squeeze(0)]
    outputs = [ys, *last]
    seeds = [randn(*y.shape) for y in outputs]
    weights = [net.weight_ih_l0, net.weight_hh_l0, net.bias_ih_l0, net.bias_hh_l0]
    inputs = [x, *states, *weights]
    grads = torch.autograd.grad(outputs, inputs, seeds)
    return {
        "kind": kind,
        "reverse": reverse,
        "inputs": [pack(t) for t in inputs],
        "outputs": [pack(t) for t in outputs],
        "seeds": [pack(t) for t in seeds],
        "grads": [pack(t) for t in grads],
    }


torch.manual_seed(SEED)
cases = [
    case(kind, steps, batch, size, hidden, reverse)
    for kind in ["rnn", "lstm", "gru"]
    for (steps, batch, size, hidden, reverse) in [
        (1, 2, 3, 4, False),
        (5, 3, 4, 5, False),
        (7, 1, 3, 2, True),
    ]
]
head = {"torch": torch.__version__, "python": platform.python_version(), "seed": SEED}
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
OUT.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
