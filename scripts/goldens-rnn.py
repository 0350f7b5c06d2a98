"""Writes test/goldens/rnn.json: PyTorch's recurrent cells and layers, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-rnn.py

The versions and the seed stand in the file; names of options are those of Gradus. A case has inputs
(x, then the initial state), parameters by PyTorch's names, outputs, seeds ∂L/∂output, and the
gradients by inputs and parameters. Cases with lengths go through packed sequences. `radii` are
matrices with their spectral radii.
"""

import json
import platform
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

SEED = 51015
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "rnn.json"
torch.set_default_dtype(torch.float64)

SNAKE = {"numLayers": "num_layers", "batchFirst": "batch_first"}

# Kind, input size, hidden size, options, batch.
CELLS = [
    ("RNNCell", 3, 4, {}, 2),
    ("RNNCell", 2, 3, {"nonlinearity": "relu"}, 3),
    ("RNNCell", 3, 4, {"bias": False}, 1),
    ("LSTMCell", 3, 4, {}, 2),
    ("LSTMCell", 2, 3, {"bias": False}, 2),
    ("GRUCell", 3, 4, {}, 2),
    ("GRUCell", 2, 3, {"bias": False}, 2),
]

# Options, steps, batch, whether there is an initial state, lengths.
LAYERS = [
    ({}, 1, 2, True, None),
    ({}, 5, 3, False, None),
    ({"bias": False}, 4, 2, True, None),
    ({"bidirectional": True}, 1, 1, True, None),
    ({"bidirectional": True}, 4, 2, True, None),
    ({"numLayers": 2}, 4, 2, True, None),
    ({"numLayers": 2, "bidirectional": True, "batchFirst": True}, 3, 2, True, None),
    ({}, 4, None, True, None),
    ({}, 5, 4, True, [3, 5, 1, 2]),
    ({"bidirectional": True}, 5, 3, True, [2, 5, 1]),
    ({"numLayers": 2, "bidirectional": True, "batchFirst": True}, 4, 3, False, [4, 1, 3]),
]


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def build(name, size, hidden, options):
    net = getattr(torch.nn, name)(size, hidden, **{SNAKE.get(k, k): v for k, v in options.items()})
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(randn(*p.shape).div(2))
    return net


def finish(name, args, options, net, inputs, outputs, more):
    seeds = [randn(*y.shape) for y in outputs]
    parameters = dict(net.named_parameters())
    grads = torch.autograd.grad(outputs, [*inputs, *parameters.values()], seeds)
    return {
        "layer": name,
        "args": args,
        "options": options,
        **more,
        "inputs": [pack(t) for t in inputs],
        "parameters": {k: pack(v) for k, v in parameters.items()},
        "outputs": [pack(t) for t in outputs],
        "seeds": [pack(t) for t in seeds],
        "grads": [pack(g) for g in grads],
    }


def cell(name, size, hidden, options, batch):
    net = build(name, size, hidden, options)
    x = randn(batch, size).requires_grad_()
    states = [randn(batch, hidden).requires_grad_() for _ in range(2 if name == "LSTMCell" else 1)]
    out = net(x, tuple(states) if name == "LSTMCell" else states[0])
    outputs = list(out) if name == "LSTMCell" else [out]
    return finish(name, [size, hidden], options, net, [x, *states], outputs, {})


def radius(n, scale, part):
    """Of all of a matrix, its antisymmetric part (imaginary eigenvalues), or its upper triangle."""
    m = randn(n, n) * scale
    m = {"all": m, "turn": m - m.T, "triangle": m.triu()}[part]
    return {"matrix": pack(m), "radius": torch.linalg.eigvals(m).abs().max().item()}


def layer(name, options, steps, batch, with_state, lengths):
    size, hidden = 3, 2
    net = build(name, size, hidden, options)
    first = options.get("batchFirst", False)
    shape = [steps] if batch is None else [batch, steps] if first else [steps, batch]
    x = randn(*shape, size).requires_grad_()
    rows = options.get("numLayers", 1) * (2 if options.get("bidirectional") else 1)
    state_shape = [rows, hidden] if batch is None else [rows, batch, hidden]
    count = (2 if name == "LSTM" else 1) if with_state else 0
    states = [randn(*state_shape).requires_grad_() for _ in range(count)]
    state = None if not states else tuple(states) if name == "LSTM" else states[0]
    if lengths is None:
        ys, last = net(x, state)
        more = {}
    else:
        packed = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
        ys, last = net(packed, state)
        ys, _ = pad_packed_sequence(ys, batch_first=first, total_length=steps)
        more = {"lengths": {"shape": [batch], "dtype": "i32", "data": lengths}}
    outputs = [ys, *(last if name == "LSTM" else [last])]
    return finish(name, [size, hidden], options, net, [x, *states], outputs, more)


torch.manual_seed(SEED)
cases = [cell(*c) for c in CELLS]
cases += [layer(name, *c) for name in ["RNN", "LSTM", "GRU"] for c in LAYERS]
cases += [layer("RNN", {"nonlinearity": "relu"}, 4, 2, True, None)]
radii = [radius(*a) for a in [(1, 1, "all"), (3, 0.1, "all"), (7, 1, "all"), (20, 2, "all")]]
radii += [radius(6, 0.5, "turn"), radius(9, 1, "triangle")]
lines = ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
rows = ",\n".join(json.dumps(r, separators=(",", ":"), allow_nan=False) for r in radii)
OUT.write_text(f'{{{head},"cases":[\n{lines}\n],"radii":[\n{rows}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
