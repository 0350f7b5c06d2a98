"""Writes test/goldens/ema.json: what PyTorch's AveragedModel makes of weights that change, in f64.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-ema.py

The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

SEED = 16180
STEPS = 6
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "ema.json"
torch.set_default_dtype(torch.float64)


class Weights(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.randn(2, 3))
        self.vector = torch.nn.Parameter(torch.randn(4))

    def values(self):
        tensors = [self.matrix, self.vector]
        return [{"shape": list(t.shape), "data": t.flatten().tolist()} for t in tensors]


def run(decay):
    model = Weights()
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    steps = []
    for _ in range(STEPS):
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.randn_like(p).mul(1000).round().div(1000))
        averaged.update_parameters(model)
        steps.append({"weights": model.values(), "averages": averaged.module.values()})
    return {"decay": decay, "steps": steps}


torch.manual_seed(SEED)
lines = ",\n".join(json.dumps(run(d), separators=(",", ":")) for d in (0.9, 0.5, 0.0, 0.999))
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"cases":[\n{lines}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
