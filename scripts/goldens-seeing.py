"""Writes test/goldens/seeing.json: explanations of nets by PyTorch's autograd, in f64; principal components
and the similarities of t-SNE by scikit-learn.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy scikit-learn
    /tmp/goldens/bin/python scripts/goldens-seeing.py

`net` has a small convolutional net with its state, samples and targets; gradients, the integral of
gradients by NumPy's Gauss-Legendre points, and Grad-CAM of several layers with its bilinear enlargement.
The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA
from sklearn.manifold import _t_sne as t_sne
from sklearn.metrics import pairwise_distances

SEED = 16180
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "seeing.json"
torch.set_default_dtype(torch.float64)


def quarters(*shape):
    return torch.randint(-8, 9, shape).double().div(4)


def numbers(values):
    return [int(v) if v == int(v) else v for v in values]


def pack(t):
    t = torch.as_tensor(t)
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": numbers(t.detach().flatten().tolist())}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 3, 3, padding=1)
        self.bn1 = torch.nn.BatchNorm2d(3)
        self.act1 = torch.nn.ReLU()
        self.pool1 = torch.nn.MaxPool2d(2)
        self.conv2 = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.act2 = torch.nn.Tanh()
        self.pool2 = torch.nn.AvgPool2d(2)
        self.flatten = torch.nn.Flatten()
        self.fc = torch.nn.Linear(24, 5)

    def forward(self, x, seen=None):
        for name, layer in self.named_children():
            x = layer(x)
            if seen is not None:
                seen[name] = x
        return x


def gradient(net, x, target):
    x = x.detach().requires_grad_()
    score = net(x).gather(1, target[:, None]).sum()
    return torch.autograd.grad(score, x)[0]


def integrated(net, x, target, baseline, steps):
    points, weights = np.polynomial.legendre.leggauss(steps)
    total = sum(
        w / 2 * gradient(net, baseline + (p + 1) / 2 * (x - baseline), target)
        for p, w in zip(points, weights)
    )
    return total * (x - baseline)


def grad_cam(net, x, target, layer):
    seen = {}
    score = net(x, seen).gather(1, target[:, None]).sum()
    maps = seen[layer]
    (slope,) = torch.autograd.grad(score, maps)
    total = (slope.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)
    large = F.interpolate(total.relu(), x.shape[2:], mode="bilinear", align_corners=False)
    return {"signed": pack(total), "map": pack(total.relu()), "large": pack(large)}


def net_case():
    net = Net().eval()
    for p in net.parameters():
        p.data = quarters(*p.shape) / 2
    net.bn1.running_mean.copy_(quarters(3))
    net.bn1.running_var.copy_(quarters(3).abs() + 0.5)
    x = quarters(3, 2, 8, 12)
    target = torch.tensor([4, 0, 2])
    g = gradient(net, x, target)
    best = net(x).argmax(1)
    baseline = quarters(2, 8, 12)
    layers = {name: pack(m) for name, m in net.state_dict().items() if "tracked" not in name}
    return {
        "state": layers,
        "x": pack(x),
        "target": pack(target.int()),
        "output": pack(net(x)),
        "gradient": pack(g),
        "gradientOfBest": pack(gradient(net, x, best)),
        "integrated": pack(integrated(net, x, target, torch.zeros_like(x), 5)),
        "baseline": pack(baseline),
        "integratedFromBaseline": pack(integrated(net, x, target, baseline.expand_as(x), 8)),
        "gradCam": {
            name: grad_cam(net, x, target, name) for name in ("conv1", "pool1", "conv2", "act2")
        },
    }


def pca_case(rows, columns, components):
    x = quarters(rows, columns) * torch.linspace(3, 0.5, columns) + 10
    fit = PCA(components, svd_solver="full").fit(x.numpy())
    new = quarters(2, columns)
    return {
        "x": pack(x),
        "components": components,
        "scores": pack(fit.transform(x.numpy())),
        "axes": pack(fit.components_),
        "mean": pack(fit.mean_),
        "explainedVariance": pack(fit.explained_variance_),
        "explainedVarianceRatio": pack(fit.explained_variance_ratio_),
        "new": pack(new),
        "newScores": pack(fit.transform(new.numpy())),
    }


def t_sne_case(rows, perplexity):
    x = quarters(rows, 4).numpy()
    squares = pairwise_distances(x, metric="euclidean", squared=True).astype(np.float32)
    joint = t_sne._joint_probabilities(squares, perplexity, 0)
    y = quarters(rows, 2).numpy()
    divergence, slope = t_sne._kl_divergence(y.ravel(), joint.astype(np.float64), 1, rows, 2)
    full = np.zeros((rows, rows))
    full[np.triu_indices(rows, 1)] = joint
    return {
        "x": pack(x),
        "perplexity": perplexity,
        "joint": pack(full + full.T),
        "y": pack(y),
        "divergence": divergence,
        "gradient": pack(slope.reshape(rows, 2)),
    }


torch.manual_seed(SEED)
content = {
    "torch": torch.__version__,
    "sklearn": sklearn.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
    "seed": SEED,
    "net": net_case(),
    "pca": [pca_case(12, 5, 3), pca_case(6, 9, 2), pca_case(40, 17, 17)],
    "tSne": t_sne_case(14, 4),
}
OUT.write_text(json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n")
print(OUT.name, OUT.stat().st_size)
