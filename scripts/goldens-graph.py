"""Writes test/goldens/graph.json: what PyTorch Geometric's layers compute, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch torch_geometric numpy
    /tmp/goldens/bin/python scripts/goldens-graph.py

Each layer sees several graphs: directed and weighted, undirected, with loops, with isolated nodes, with
repeated edges, without edges, and of one node. Names are those of Gradus; versions and seed stand in the
file.
"""

import json
import platform
import re
from pathlib import Path

import torch
import torch_geometric
from torch_geometric import nn as pyg

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "graph.json"
torch.set_default_dtype(torch.float64)

GRAPHS = {
    "directed, with a loop, repeated edges and an isolated node": (
        6, [0, 1, 2, 0, 3, 3, 0, 2, 4, 1], [1, 2, 0, 2, 3, 1, 1, 1, 0, 4]),
    "undirected": (4, [0, 1, 1, 2, 2, 3, 0, 3], [1, 0, 2, 1, 3, 2, 3, 0]),
    "without edges": (3, [], []),
    "of one node": (1, [], []),
    "of one node with a loop": (1, [0], [0]),
}


def mlp():
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))


def edge_mlp():
    return torch.nn.Sequential(torch.nn.Linear(6, 2), torch.nn.Tanh())


# Layer, positional arguments, options, what the edges carry: "weight", "attr" or nothing.
LAYERS = [
    ("GCNConv", [3, 2], {}, None),
    ("GCNConv", [3, 2], {}, "weight"),
    ("GCNConv", [3, 4], {"improved": True, "bias": False}, "weight"),
    ("GCNConv", [3, 2], {"addSelfLoops": False}, "weight"),
    ("GCNConv", [3, 2], {"normalize": False}, "weight"),
    ("SAGEConv", [3, 2], {}, None),
    ("SAGEConv", [3, 2], {"aggr": "max", "project": True, "rootWeight": False}, None),
    ("SAGEConv", [3, 2], {"aggr": ["mean", "max", "sum", "softmax"], "normalize": True}, None),
    ("SAGEConv", [3, 2], {"aggr": "softmax", "bias": False}, None),
    ("GraphConv", [3, 2], {}, "weight"),
    ("GraphConv", [3, 2], {"aggr": "mean", "bias": False}, None),
    ("GraphConv", [3, 2], {"aggr": "max"}, "weight"),
    ("GINConv", [mlp], {}, None),
    ("GINConv", [mlp], {"eps": 0.3, "trainEps": True}, None),
    ("SGConv", [3, 2], {}, None),
    ("SGConv", [3, 2], {"K": 3, "bias": False}, "weight"),
    ("SGConv", [3, 2], {"K": 2, "addSelfLoops": False}, "weight"),
    ("APPNP", [4, 0.2], {}, None),
    ("APPNP", [3, 0.1], {}, "weight"),
    ("APPNP", [2, 0.5], {"addSelfLoops": False}, "weight"),
    ("ChebConv", [3, 2, 1], {}, None),
    ("ChebConv", [3, 2, 4], {}, None),
    ("ChebConv", [3, 2, 3], {}, "weight"),
    ("ChebConv", [3, 2, 3], {"normalization": "rw", "bias": False}, "weight"),
    ("ChebConv", [3, 2, 3], {"normalization": None}, "weight"),
    ("GATConv", [3, 2], {}, None),
    ("GATConv", [3, 2], {"heads": 3}, None),
    ("GATConv", [3, 2], {"heads": 2, "concat": False, "negativeSlope": 0.1, "residual": True}, None),
    ("GATConv", [3, 2], {"heads": 2, "addSelfLoops": False, "bias": False}, None),
    ("GATConv", [3, 2], {"heads": 2, "edgeDim": 2}, "attr"),
    ("GATv2Conv", [3, 2], {}, None),
    ("GATv2Conv", [3, 2], {"heads": 3, "residual": True}, None),
    ("GATv2Conv", [3, 2], {"heads": 2, "concat": False, "shareWeights": True}, None),
    ("GATv2Conv", [3, 2], {"heads": 2, "edgeDim": 2, "bias": False}, "attr"),
    ("GATv2Conv", [3, 2], {"addSelfLoops": False, "negativeSlope": 0.5}, None),
    ("EdgeConv", [edge_mlp], {}, None),
]


def snake(name):
    return re.sub("[A-Z]", lambda m: "_" + m[0].lower(), name) if len(name) > 1 else name


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def edge_values(carried, count):
    if carried == "weight":
        return torch.rand(count).mul(1000).round().div(1000) + 0.2
    return randn(count, 2) if carried == "attr" else None


def run(name, args, options, carried, graph):
    count, sources, targets = GRAPHS[graph]
    # Without edges PyTorch Geometric divides by a largest eigenvalue of 0.
    if name == "ChebConv" and options.get("normalization", "sym") is None and len(sources) < 2:
        return None
    built = [a() if callable(a) else a for a in args]
    layer = getattr(pyg, name)(*built, **{snake(k): v for k, v in options.items()})
    parameters = dict(layer.named_parameters())
    for p in parameters.values():
        p.data = randn(*p.shape)
    edge_index = torch.tensor([sources, targets], dtype=torch.long)
    x = randn(count, 3).requires_grad_()
    edge = edge_values(carried, len(sources))
    inputs = [x]
    if edge is not None:
        inputs.append(edge.requires_grad_())
    y = layer(x, edge_index, edge) if edge is not None else layer(x, edge_index)
    seed = randn(*y.shape)
    wanted = [*inputs, *parameters.values()]
    grads = torch.autograd.grad(y, wanted, seed, allow_unused=True)
    grads = [torch.zeros_like(t) if g is None else g for t, g in zip(wanted, grads)]
    return {
        "layer": name,
        "args": [] if any(callable(a) for a in args) else args,
        "options": options,
        "graph": graph,
        "numNodes": count,
        "edges": [sources, targets],
        "x": pack(x),
        "edge": None if edge is None else pack(edge),
        "parameters": {k: pack(v) for k, v in parameters.items()},
        "y": pack(y),
        "seed": pack(seed),
        "grads": [pack(g) for g in grads],
    }


def outcome(y, wanted):
    seed = randn(*y.shape)
    grads = torch.autograd.grad(y, wanted, seed)
    return {"y": pack(y), "seed": pack(seed), "grads": [pack(g) for g in grads]}


# Nodes of each graph, first to last.
PTR = [0, 3, 3, 4, 9]
BATCH = torch.repeat_interleave(torch.arange(4), torch.tensor(PTR).diff())


def pool(name):
    x = randn(9, 3).requires_grad_()
    y = getattr(pyg, snake(name))(x, BATCH, 4)
    return {"op": name, "x": pack(x), "ptr": PTR, **outcome(y, [x])}


def module(name, layer, call, options, *shapes):
    parameters = dict(layer.named_parameters())
    for p in parameters.values():
        p.data = randn(*p.shape)
    inputs = [randn(*s).requires_grad_() for s in shapes]
    y = call(*inputs)
    return {
        "layer": name,
        **options,
        "ptr": PTR,
        "inputs": [pack(x) for x in inputs],
        "parameters": {k: pack(v) for k, v in parameters.items()},
        **outcome(y, [*inputs, *parameters.values()]),
    }


def modules():
    gate = pyg.AttentionalAggregation(torch.nn.Linear(3, 1))
    yield module("attention", gate, lambda x: gate(x, BATCH, dim_size=4), {}, [9, 3])
    both = pyg.AttentionalAggregation(torch.nn.Linear(3, 2), torch.nn.Linear(3, 2))
    yield module("attention of a network", both, lambda x: both(x, BATCH, dim_size=4), {}, [9, 3])
    norm = pyg.GraphNorm(3, eps=0.01)
    yield module("norm", norm, lambda x: norm(x, BATCH, 4), {}, [9, 3])
    for mode in ("cat", "max", "lstm"):
        jump = pyg.JumpingKnowledge(mode, 3, 3)
        yield module(mode, jump, lambda *xs, jump=jump: jump(list(xs)), {}, *[[4, 3]] * 3)


def top_k(options):
    layer = pyg.TopKPooling(3, **{snake(k): v for k, v in options.items()})
    layer.select.weight.data = randn(1, 3)
    x = randn(9, 3).requires_grad_()
    edges = [[0, 1, 2, 4, 5, 6, 7, 8, 3, 8], [1, 2, 0, 5, 6, 7, 8, 4, 3, 6]]
    y, kept, _, batch, nodes, score = layer(x, torch.tensor(edges), batch=BATCH)
    return {
        "options": options,
        "ptr": PTR,
        "edges": edges,
        "x": pack(x),
        "parameters": {"select.weight": pack(layer.select.weight)},
        "keptEdges": kept.tolist(),
        "batch": batch.tolist(),
        "kept": nodes.tolist(),
        "score": pack(score),
        **outcome(y, [x, layer.select.weight]),
    }


torch.manual_seed(SEED)
cases = [run(*layer, graph) for layer in LAYERS for graph in GRAPHS]
lines = ",\n".join(
    json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases if c is not None)
pools = {
    "pools": [pool(n) for n in ("globalAddPool", "globalMeanPool", "globalMaxPool")],
    "modules": list(modules()),
    "topK": [top_k(o) for o in ({}, {"ratio": 2}, {"ratio": 0.3, "multiplier": 2.0}, {"minScore": 0.4})],
}
rest = ",\n".join(
    f'"{k}":[\n' + ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in v) + "\n]"
    for k, v in pools.items())
head = (f'"torch":"{torch.__version__}","torchGeometric":"{torch_geometric.__version__}",'
        f'"python":"{platform.python_version()}","seed":{SEED}')
OUT.write_text(f'{{{head},"layers":[\n{lines}\n],\n{rest}}}\n')
print(OUT.name, OUT.stat().st_size)
