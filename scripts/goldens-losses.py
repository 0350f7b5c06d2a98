"""Writes test/goldens/losses.json: what PyTorch's losses compute, in f64, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch scikit-learn
    /tmp/goldens/bin/python scripts/goldens-losses.py

What PyTorch has no loss for is written out in its operations, and compared with scikit-learn where that
has one. The versions and the seed stand in the file; names are those of Gradus.
"""

import itertools
import json
import platform
from pathlib import Path

import sklearn
import sklearn.metrics
import torch
import torch.nn.functional as F

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "losses.json"
torch.set_default_dtype(torch.float64)

TAILS = [-750.0, -50.0, -20.5, -5.0, -1.0, -0.1, 0.0, 0.1, 1.0, 5.0, 20.5, 50.0, 750.0]
REDUCTIONS = ["mean", "sum", "none"]
SNAKE = {"logTarget": "log_target", "logInput": "log_input", "ignoreIndex": "ignore_index", "labelSmoothing": "label_smoothing"}


def randn(*shape):
    """Normal, with few digits to keep the file short."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def rand(*shape):
    return torch.rand(*shape).mul(1000).round().div(1000)


def signs(*shape):
    return torch.randint(0, 2, shape).mul(2).sub(1).double()


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": t.detach().flatten().tolist()}


def case(op, f, inputs, options=None, tensors=None):
    """f(*inputs, **options); the gradients of <seed, f> by all floats among the inputs."""
    options, tensors = options or {}, tensors or {}
    named = {SNAKE.get(k, k): v for k, v in {**options, **tensors}.items()}
    wrt = [x for x in inputs if x.dtype.is_floating_point]
    for x in wrt:
        x.requires_grad_()
    y = f(*inputs, **named)
    seed = randn(y.shape)
    grads = torch.autograd.grad(y, wrt, seed, materialize_grads=True)
    for x in wrt:
        x.requires_grad_(False)
    return {
        "op": op,
        "options": options,
        "tensors": {name: pack(t) for name, t in tensors.items()},
        "inputs": [pack(x) for x in inputs],
        "output": pack(y),
        "seed": pack(seed),
        "grads": [pack(g) for g in grads],
    }


def reduced(losses, reduction="mean"):
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}[reduction](losses)


# What PyTorch has not -----------------------------------------------------------------------------


def log_cosh(x, t, reduction="mean"):
    d = (x - t).abs()
    return reduced(d + torch.log1p(torch.expm1(-2 * d) / 2), reduction)


def pinball(x, t, quantile=0.5, reduction="mean"):
    d = t - x
    losses = torch.where(d > 0, quantile * d, (quantile - 1) * d)
    ours, theirs = losses.detach().mean(), sklearn.metrics.mean_pinball_loss(
        t.detach().flatten(), x.detach().flatten(), alpha=quantile
    )
    assert abs(ours - theirs) < 1e-12
    return reduced(losses, reduction)


def hinge(x, t, margin=1, squared=False, reduction="mean"):
    losses = F.relu(margin - t * x)
    if margin == 1:
        theirs = sklearn.metrics.hinge_loss(t.detach().flatten(), x.detach().flatten())
        assert abs(losses.detach().mean() - theirs) < 1e-12
    return reduced(losses**2 if squared else losses, reduction)


def focal(x, t, gamma=2, weight=None, ignore_index=-100, reduction="mean"):
    """(1 - p)^γ times the cross-entropy, the mean by weights as there."""
    logs = F.log_softmax(x, min(1, x.dim() - 1))
    named = {"weight": weight, "ignore_index": ignore_index}
    plain = F.nll_loss(logs, t, reduction="none", **named)
    p = (-F.nll_loss(logs, t, reduction="none", ignore_index=ignore_index)).exp()
    losses = (1 - p) ** gamma * plain
    if reduction != "mean":
        return reduced(losses, reduction)
    counts = (t != ignore_index).double()
    per = counts if weight is None else counts * weight[t.clamp(0)]
    return losses.sum() / per.sum()


def sigmoid_focal(x, t, alpha=0.25, gamma=2, reduction="mean"):
    """As torchvision.ops.sigmoid_focal_loss."""
    p = torch.sigmoid(x)
    p_t = p * t + (1 - p) * (1 - t)
    losses = F.binary_cross_entropy_with_logits(x, t, reduction="none") * (1 - p_t) ** gamma
    if alpha is not None:
        losses = (alpha * t + (1 - alpha) * (1 - t)) * losses
    return reduced(losses, reduction)


def info_nce(q, k, temperature=0.1, negatives=None, symmetric=False, reduction="mean"):
    q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
    own = torch.arange(len(q))
    if negatives is None:
        logits = q @ k.T / temperature
        loss = F.cross_entropy(logits, own, reduction=reduction)
        return (loss + F.cross_entropy(logits.T, own, reduction=reduction)) / 2 if symmetric else loss
    negatives = F.normalize(negatives, dim=-1)
    pattern = "nd,md->nm" if negatives.dim() == 2 else "nd,nmd->nm"
    logits = torch.cat([(q * k).sum(1, keepdim=True), torch.einsum(pattern, q, negatives)], 1)
    return F.cross_entropy(logits / temperature, own * 0, reduction=reduction)


def dice(x, t, smooth=1, ignore_index=None, reduction="mean"):
    if t.shape == x.shape:
        p = torch.sigmoid(x)
    else:
        p = torch.softmax(x, 1)
        counts = torch.ones_like(t) if ignore_index is None else (t != ignore_index)
        t = F.one_hot(t.clamp(0), x.shape[1]).movedim(-1, 1) * counts.unsqueeze(1)
        p = p * counts.unsqueeze(1)
    total = lambda v: v.unsqueeze(-1).flatten(2).sum(2)
    losses = 1 - (2 * total(p * t) + smooth) / (total(p) + total(t) + smooth)
    return reduced(losses, reduction)


# Cases --------------------------------------------------------------------------------------------


def regression():
    for reduction in REDUCTIONS:
        x, t = randn(3, 4) * 2, randn(3, 4)
        for delta in [1.0, 0.3]:
            yield case("huberLoss", F.huber_loss, [x, t], {"delta": delta, "reduction": reduction})
        for beta in [1.0, 0.3, 0.0]:
            options = {"beta": beta, "reduction": reduction}
            yield case("smoothL1Loss", F.smooth_l1_loss, [x, t], options)
        yield case("logCoshLoss", log_cosh, [x, t], {"reduction": reduction})
        for quantile in [0.5, 0.9]:
            options = {"quantile": quantile, "reduction": reduction}
            yield case("quantileLoss", pinball, [x, t], options)
    tails, zeros = torch.tensor(TAILS), torch.zeros(len(TAILS))
    both = [tails, zeros]
    yield case("huberLoss", F.huber_loss, both, {"reduction": "none"})
    yield case("smoothL1Loss", F.smooth_l1_loss, both, {"reduction": "none"})
    yield case("logCoshLoss", log_cosh, both, {"reduction": "none"})


def binary():
    ends = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1e-13, 1e-60, 1e-11])
    wanted = torch.tensor([0.0, 1.0, 0.4, 0.0, 1.0, 0.4, 1.0, 1.0, 0.3])
    for reduction in REDUCTIONS:
        options = {"reduction": reduction}
        p, t = rand(3, 4), rand(3, 4)
        t[0] = t[0].round()
        yield case("binaryCrossEntropy", F.binary_cross_entropy, [p, t], options)
        weights = {"weight": rand(4) + 0.5}
        yield case("binaryCrossEntropy", F.binary_cross_entropy, [p, t], options, weights)
    # By the target PyTorch's gradient is infinite at the ends; ours has the limited logarithms.
    limited = lambda p, t: -(t * p.log().clamp(-100) + (1 - t) * (1 - p).log().clamp(-100))
    by_input = case("binaryCrossEntropy", F.binary_cross_entropy, [ends, wanted], {"reduction": "none"})
    t = wanted.clone().requires_grad_()
    seed = torch.tensor(by_input["seed"]["data"])
    by_input["grads"][1] = pack(torch.autograd.grad(limited(ends, t), t, seed)[0])
    yield by_input


def class_probabilities():
    weight = rand(4) + 0.5
    for shape, reduction, weighted, smoothing in itertools.product(
        [(5, 4), (2, 4, 2)], REDUCTIONS, [False, True], [0.0, 0.2]
    ):
        x = randn(shape) * 3
        t = F.softmax(randn(shape) * 2, 1)
        options = {"reduction": reduction} | ({"labelSmoothing": smoothing} if smoothing else {})
        tensors = {"weight": weight} if weighted else {}
        yield case("crossEntropy", F.cross_entropy, [x, t], options, tensors)


def distributions():
    for reduction in [*REDUCTIONS, "batchmean"]:
        x = F.log_softmax(randn(3, 4) * 2, 1).mul(1000).round().div(1000)
        t = F.softmax(randn(3, 4), 1)
        yield case("klDivLoss", F.kl_div, [x, t], {"reduction": reduction})
        options = {"reduction": reduction, "logTarget": True}
        yield case("klDivLoss", F.kl_div, [x, t.log().mul(100).round().div(100)], options)
    for reduction, full in itertools.product(REDUCTIONS, [False, True]):
        x, counts = randn(3, 4), torch.randint(0, 9, (3, 4)).double()
        counts[0, 0], counts[0, 1], counts[0, 2] = 3, 1, 2
        counts[counts == 0] += 0.5 if full else 0  # PyTorch's gradient by a target of 0 is NaN.
        options = {"reduction": reduction, "full": full}
        yield case("poissonNllLoss", F.poisson_nll_loss, [x, counts], options)
        options |= {"logInput": False, "eps": 1e-3}
        yield case("poissonNllLoss", F.poisson_nll_loss, [rand(3, 4), counts], options)
        options = {"reduction": reduction, "full": full}
        for variance in [rand(3, 4) + 0.1, rand(3) + 0.1, rand(3, 1) + 0.1, rand(1, 4) + 0.1]:
            inputs = [randn(3, 4), randn(3, 4), variance]
            yield case("gaussianNllLoss", F.gaussian_nll_loss, inputs, options)
    near = torch.tensor([0.0, 1e-9, 1e-3, 0.1, 1.0])
    options = {"reduction": "none", "eps": 0.01}
    yield case("gaussianNllLoss", F.gaussian_nll_loss, [randn(5), randn(5), near], options)


def margins():
    for reduction in REDUCTIONS:
        options = {"reduction": reduction}
        x, t = randn(3, 4) * 2, signs(3, 4)
        for extra in [{}, {"margin": 0.4}, {"squared": True}]:
            yield case("hingeLoss", hinge, [x, t], options | extra)
        for extra in [{}, {"margin": 0.4}]:
            yield case("marginRankingLoss", F.margin_ranking_loss, [x, randn(3, 4), t], options | extra)
            yield case("hingeEmbeddingLoss", F.hinge_embedding_loss, [x, t], options | extra)
        classes = torch.randint(0, 4, (3,))
        for extra, tensors in [({}, {}), ({"p": 2, "margin": 0.7}, {}), ({}, {"weight": rand(4)})]:
            own = options | extra
            yield case("multiMarginLoss", F.multi_margin_loss, [x, classes], own, tensors)
        yield case("multiMarginLoss", F.multi_margin_loss, [x[0].clone(), classes[0]], options)


def focused():
    for reduction in REDUCTIONS:
        x, t = randn(4, 3) * 3, torch.randint(0, 3, (4,))
        for options, tensors in [
            ({}, {}),
            ({"gamma": 0.5}, {"weight": rand(3) + 0.5}),
            ({"gamma": 0}, {}),
            ({"gamma": 1, "ignoreIndex": -1}, {"weight": rand(3) + 0.5}),
        ]:
            y = torch.where(torch.arange(4) % 3 == 0, -1, t) if "ignoreIndex" in options else t
            yield case("focalLoss", focal, [x, y], options | {"reduction": reduction}, tensors)
        maps = [randn(2, 3, 2), torch.randint(0, 3, (2, 2))]
        yield case("focalLoss", focal, maps, {"reduction": reduction})
        x, t = randn(3, 4) * 3, torch.randint(0, 2, (3, 4)).double()
        for options in [{}, {"alpha": None}, {"alpha": 0.6, "gamma": 0.5}, {"gamma": 0}]:
            f = lambda v, alpha=0.25, **named: sigmoid_focal(v, t, alpha, **named)
            one = case("sigmoidFocalLoss", f, [x], options | {"reduction": reduction})
            # The target is given, but not differentiated: off 0 and 1 the losses differ.
            one["inputs"].append(pack(t))
            yield one


def embeddings():
    for reduction in REDUCTIONS:
        options = {"reduction": reduction}
        x, y, z = randn(4, 3), randn(4, 3), randn(4, 3)
        t = torch.tensor([1, -1, 1, -1])
        for extra in [{}, {"margin": -0.5}]:
            yield case("cosineEmbeddingLoss", F.cosine_embedding_loss, [x, y, t], options | extra)
        for extra in [{}, {"margin": 0.3, "p": 1}, {"p": 3, "swap": True}, {"swap": True, "eps": 0.1}]:
            yield case("tripletMarginLoss", F.triplet_margin_loss, [x, y, z], options | extra)
        for extra, tensors in [
            ({}, {}),
            ({"temperature": 0.5, "symmetric": True}, {}),
            ({"temperature": 0.2}, {"negatives": randn(5, 3)}),
            ({}, {"negatives": randn(4, 2, 3)}),
        ]:
            yield case("infoNceLoss", info_nce, [x, y], options | extra, tensors)
    yield case("cosineEmbeddingLoss", F.cosine_embedding_loss, [x[0].clone(), y[0].clone(), t[1]])
    yield case("tripletMarginLoss", F.triplet_margin_loss, [x[0].clone(), y[0].clone(), z[0].clone()])
    zeros = torch.zeros(2, 3)
    some = torch.cat([zeros[:1], randn(1, 3)])
    yield case("cosineEmbeddingLoss", F.cosine_embedding_loss, [some, zeros, torch.tensor([1, -1])])


def overlaps():
    for reduction in REDUCTIONS:
        x, t = randn(2, 3, 2, 3) * 2, torch.randint(0, 3, (2, 2, 3))
        for extra in [{}, {"smooth": 0.1}]:
            yield case("diceLoss", dice, [x, t], {"reduction": reduction} | extra)
        t[:, 0] = -1
        yield case("diceLoss", dice, [x, t], {"reduction": reduction, "ignoreIndex": -1})
        yield case("diceLoss", dice, [x, rand(2, 3, 2, 3)], {"reduction": reduction})
    yield case("diceLoss", dice, [randn(4, 2), torch.tensor([0, 1, 1, 0])])


torch.manual_seed(SEED)
families = itertools.chain(
    regression(),
    binary(),
    class_probabilities(),
    distributions(),
    margins(),
    focused(),
    embeddings(),
    overlaps(),
)
cases = ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in families)
versions = f'"torch":"{torch.__version__}","sklearn":"{sklearn.__version__}"'
head = f'{versions},"python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{cases}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
