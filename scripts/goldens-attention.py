"""Writes test/goldens/attention.json: what PyTorch's attention and Transformer compute, in f64.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-attention.py

Outputs, and gradients by inputs and all parameters. What PyTorch does not have (additive attention,
rotary and sinusoidal positions, a GPT) is written out here with its operations. Names are those of
Gradus; where masks are bool, true has PyTorch's meaning of each function and layer.
"""

import json
import math
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 271828
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "attention.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(SEED)


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def pack(t):
    kinds = {torch.bool: "bool", torch.int64: "i32"}
    kind = kinds.get(t.dtype, "f64")
    data = t.detach().flatten().to(torch.int64 if kind != "f64" else t.dtype).tolist()
    data = ["-inf" if v == -math.inf else v for v in data]
    return {"shape": list(t.shape), "dtype": kind, "data": data}


def gradients(outputs, wrt):
    outputs = [o for o in outputs if o is not None]
    seeds = [randn(*o.shape) for o in outputs]
    grads = torch.autograd.grad(outputs, wrt, seeds, allow_unused=True)
    grads = [torch.zeros_like(w) if g is None else g for g, w in zip(grads, wrt)]
    return {
        "outputs": [pack(o) for o in outputs],
        "seeds": [pack(s) for s in seeds],
        "grads": [pack(g) for g in grads],
    }


def call(options):
    return {k: pack(v) if isinstance(v, torch.Tensor) else v for k, v in options.items()}


def lengths_mask(lengths, steps):
    """True behind the end of each sequence."""
    return torch.arange(steps)[None, :] >= torch.tensor(lengths)[:, None]


def above_diagonal(n, m):
    return torch.ones(n, m, dtype=torch.bool).triu(1)


def function_case(q, k, v, **options):
    names = {"mask": "attn_mask", "isCausal": "is_causal", "scale": "scale"}
    inputs = [randn(*s).requires_grad_() for s in (q, k, v)]
    y = F.scaled_dot_product_attention(*inputs, **{names[o]: x for o, x in options.items()})
    return {
        "options": call(options),
        "inputs": [pack(x) for x in inputs],
        **gradients([y], inputs),
    }


some = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]]).bool()
none = some & torch.tensor([[1], [0], [1], [1]]).bool()
functions = [
    function_case([4, 3], [5, 3], [5, 2]),
    function_case([2, 3, 4, 3], [2, 3, 4, 3], [2, 3, 4, 3], isCausal=True),
    function_case([1, 3], [1, 3], [1, 3], isCausal=True),
    function_case([2, 1, 3], [2, 6, 3], [2, 6, 4], scale=0.3),
    function_case([2, 4, 3], [2, 5, 3], [2, 5, 3], mask=some),
    function_case([2, 4, 3], [2, 5, 3], [2, 5, 3], mask=none),
    function_case([2, 2, 4, 3], [2, 2, 5, 3], [2, 2, 5, 3], mask=randn(2, 1, 4, 5)),
    function_case([5, 2], [3, 2], [3, 2], isCausal=True),
]


CALLS = {
    "attnMask": "attn_mask",
    "keyPaddingMask": "key_padding_mask",
    "needWeights": "need_weights",
    "averageAttnWeights": "average_attn_weights",
    "srcMask": "src_mask",
    "srcKeyPaddingMask": "src_key_padding_mask",
    "tgtMask": "tgt_mask",
    "memoryMask": "memory_mask",
    "tgtKeyPaddingMask": "tgt_key_padding_mask",
    "memoryKeyPaddingMask": "memory_key_padding_mask",
}


def layer_case(name, module, args, options, shapes, **given):
    """A call of a layer that PyTorch has, or that stands in for one, with new parameters."""
    parameters = dict(module.named_parameters())
    for p in parameters.values():
        p.data = randn(*p.shape) * 0.5
    inputs = [s if isinstance(s, torch.Tensor) else randn(*s).requires_grad_() for s in shapes]
    made = module(*inputs, **{CALLS.get(k, k): v for k, v in given.items()})
    outputs = [o for o in (made if isinstance(made, tuple) else (made,)) if o is not None]
    wrt = [x for x in inputs if x.requires_grad] + list(parameters.values())
    return {
        "layer": name,
        "args": args,
        "options": options,
        "parameters": {k: pack(v) for k, v in parameters.items()},
        "call": call(given),
        "inputs": [pack(x) for x in inputs],
        **gradients(outputs, wrt),
    }


SNAKE = {
    "batchFirst": "batch_first",
    "normFirst": "norm_first",
    "dimFeedforward": "dim_feedforward",
    "layerNormEps": "layer_norm_eps",
}


def torch_case(name, args, options, shapes, **given):
    snake = {SNAKE.get(k, k): v for k, v in options.items()}
    module = getattr(torch.nn, name)(*args, **snake)
    if name == "MultiheadAttention" and not given.get("needWeights"):
        given["needWeights"] = False
    return layer_case(name, module, args, options, shapes, **given)


PLAIN = {"dimFeedforward": 5, "dropout": 0}
ragged = lengths_mask([4, 2], 4)
layers = [
    torch_case("MultiheadAttention", [6, 2], {}, [[4, 2, 6], [5, 2, 6], [5, 2, 6]]),
    torch_case(
        "MultiheadAttention",
        [6, 3],
        {"batchFirst": True, "kdim": 4, "vdim": 5},
        [[2, 3, 6], [2, 4, 4], [2, 4, 5]],
        keyPaddingMask=ragged,
        needWeights=True,
    ),
    torch_case(
        "MultiheadAttention",
        [6, 2],
        {"batchFirst": True, "bias": False},
        [[2, 4, 6], [2, 4, 6], [2, 4, 6]],
        keyPaddingMask=ragged,
        attnMask=above_diagonal(4, 4),
        needWeights=True,
        averageAttnWeights=False,
    ),
    torch_case(
        "MultiheadAttention",
        [4, 2],
        {"batchFirst": True},
        [[2, 3, 4], [2, 4, 4], [2, 4, 4]],
        attnMask=randn(4, 3, 4),
    ),
    torch_case("MultiheadAttention", [4, 2], {}, [[1, 4], [1, 4], [1, 4]], needWeights=True),
    torch_case(
        "TransformerEncoderLayer",
        [6, 2],
        {**PLAIN, "batchFirst": True},
        [[2, 4, 6]],
        srcKeyPaddingMask=ragged,
    ),
    torch_case(
        "TransformerEncoderLayer",
        [6, 2],
        {**PLAIN, "normFirst": True, "activation": "gelu", "layerNormEps": 0.01},
        [[4, 2, 6]],
        srcMask=above_diagonal(4, 4),
    ),
    torch_case(
        "TransformerEncoderLayer",
        [6, 3],
        {**PLAIN, "bias": False},
        [[1, 2, 6]],
    ),
    torch_case(
        "TransformerDecoderLayer",
        [6, 2],
        {**PLAIN, "batchFirst": True},
        [[2, 3, 6], [2, 4, 6]],
        tgtMask=above_diagonal(3, 3),
        memoryKeyPaddingMask=ragged,
    ),
    torch_case(
        "TransformerDecoderLayer",
        [6, 2],
        {**PLAIN, "normFirst": True, "activation": "gelu"},
        [[3, 2, 6], [4, 2, 6]],
        memoryMask=above_diagonal(3, 4),
        tgtKeyPaddingMask=lengths_mask([3, 1], 3),
    ),
]


class Additive(torch.nn.Module):
    def __init__(self, query, key, hidden):
        super().__init__()
        self.query = torch.nn.Linear(query, hidden, bias=False)
        self.key = torch.nn.Linear(key, hidden)
        self.score = torch.nn.Linear(hidden, 1, bias=False)

    def forward(self, query, keys, key_padding_mask=None):
        e = self.score(torch.tanh(self.query(query)[:, :, None] + self.key(keys)[:, None]))[..., 0]
        if key_padding_mask is not None:
            e = e.masked_fill(key_padding_mask[:, None], -math.inf)
        a = e.softmax(-1)
        return a @ keys, a


class Sinusoidal(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        t, i = torch.arange(x.shape[0])[:, None], torch.arange(self.size)[None, :]
        angle = t / 10000 ** ((i - i % 2) / self.size)
        return x + torch.where(i % 2 == 0, angle.sin(), angle.cos())[:, None]


class Rotary(torch.nn.Module):
    """By complex numbers, as the paper has it."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[-2])
        frequencies = 10000 ** (-torch.arange(0, self.size, 2) / self.size)
        angles = positions[:, None] * frequencies
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
        turned = pairs * torch.polar(torch.ones_like(angles), angles)
        return torch.view_as_real(turned).reshape(x.shape)


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(width)
        self.attention = torch.nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = torch.nn.LayerNorm(width)
        self.up = torch.nn.Linear(width, 4 * width)
        self.down = torch.nn.Linear(4 * width, width)

    def forward(self, x):
        n = self.norm1(x)
        mask = above_diagonal(x.shape[1], x.shape[1])
        x = x + self.attention(n, n, n, attn_mask=mask, need_weights=False)[0]
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(torch.nn.Module):
    def __init__(self, vocabulary, context, layers, heads, width, tied):
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, width)
        self.positions = torch.nn.Embedding(context, width)
        self.blocks = torch.nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.norm = torch.nn.LayerNorm(width)
        if not tied:
            self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.tied = tied

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return F.linear(x, self.tokens.weight) if self.tied else self.head(x)


def gpt_case(tied):
    sizes = {"vocabularySize": 5, "contextLength": 4, "layers": 2, "heads": 2, "width": 4}
    options = {**sizes, "tieWeights": tied, "dropout": 0}
    ids = torch.tensor([[1, 4, 0, 2], [3, 3, 1, 0]])[:, : 4 if tied else 3]
    module = Gpt(*sizes.values(), tied)
    return layer_case("GPT", module, [], options, [ids])


layers += [
    layer_case("AdditiveAttention", Additive(3, 4, 5), [3, 4, 5], {}, [[2, 3, 3], [2, 4, 4]]),
    layer_case(
        "AdditiveAttention",
        Additive(3, 2, 4),
        [3, 2, 4],
        {},
        [[2, 1, 3], [2, 4, 2]],
        keyPaddingMask=ragged,
    ),
    layer_case("SinusoidalPositionalEncoding", Sinusoidal(6), [6], {}, [[5, 2, 6]]),
    layer_case("SinusoidalPositionalEncoding", Sinusoidal(3), [3], {}, [[4, 1, 3]]),
    layer_case("RotaryEmbedding", Rotary(6), [6], {}, [[2, 5, 6]]),
    layer_case("RotaryEmbedding", Rotary(4), [4], {}, [[2, 1, 3, 4], torch.tensor([7, 0, 30])]),
    gpt_case(True),
    gpt_case(False),
]

head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'


def lines(cases):
    return ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases)


OUT.write_text(f'{{{head},\n"functions":[\n{lines(functions)}\n],\n"layers":[\n{lines(layers)}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
