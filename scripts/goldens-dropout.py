"""Writes test/goldens/dropout.json: what PyTorch's dropouts do to each element, in f64.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-dropout.py

Masks cannot be compared, as generators differ. So each case has what an element becomes where it is
kept and where it is dropped, and its derivative; it is drawn until both have been seen everywhere.
The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "dropout.json"
torch.set_default_dtype(torch.float64)

# Name, function, p, shape, leading axes along which a mask varies.
CASES = [
    ("dropout", F.dropout, 0.3, [3, 4], 2),
    ("dropout1d", F.dropout1d, 0.4, [2, 3, 4], 2),
    ("dropout1d", F.dropout1d, 0.4, [3, 4], 1),
    ("dropout2d", F.dropout2d, 0.2, [2, 3, 2, 2], 2),
    ("dropout3d", F.dropout3d, 0.6, [2, 2, 2, 1, 2], 2),
    ("dropout3d", F.dropout3d, 0.6, [2, 2, 1, 2], 1),
    ("alphaDropout", F.alpha_dropout, 0.1, [3, 4], 2),
    ("alphaDropout", F.alpha_dropout, 0.7, [2, 2, 3], 3),
    ("featureAlphaDropout", F.feature_alpha_dropout, 0.25, [3, 2, 4], 2),
]


def run(name, function, p, shape, leading):
    x = torch.randn(*shape).mul(1000).round().div(1000).add(0.0001).requires_grad_()
    seen = {True: torch.zeros(shape, dtype=torch.bool), False: torch.zeros(shape, dtype=torch.bool)}
    value = {True: torch.zeros(shape), False: torch.zeros(shape)}
    slope = {True: torch.zeros(shape), False: torch.zeros(shape)}
    while not (seen[True].all() and seen[False].all()):
        y = function(x, p, training=True)
        (g,) = torch.autograd.grad(y.sum(), x)
        for kept in (True, False):
            here = (g != 0) == kept
            seen[kept] |= here
            value[kept][here] = y[here].detach()
            slope[kept][here] = g[here]
    flat = lambda t: t.detach().flatten().tolist()
    return {
        "op": name,
        "p": p,
        "shape": shape,
        "leading": leading,
        "x": flat(x),
        "kept": flat(value[True]),
        "dropped": flat(value[False]),
        "slope": flat(slope[True]),
    }


torch.manual_seed(SEED)
cases = ",\n".join(json.dumps(run(*c), separators=(",", ":"), allow_nan=False) for c in CASES)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{cases}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
