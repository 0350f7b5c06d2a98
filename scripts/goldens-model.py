"""Writes test/goldens/pytorch-mlp*: a small MLP as PyTorch users save it, with inputs and logits.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy torch safetensors
/tmp/venv/bin/python scripts/goldens-model.py

Last written with torch 2.15.0, safetensors 0.8.0, Python 3.11; seed 0.
"""

from pathlib import Path

import safetensors
import torch
from safetensors.torch import save
from torch import nn

PATH = Path(__file__)
GOLDENS = PATH.resolve().parent.parent / "test" / "goldens"

torch.manual_seed(0)
torch.set_num_threads(1)


class Net(nn.Module):
    """Named as people name things, not as the module that loads it."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(24, 32)
        self.fc2 = nn.Linear(32, 16)
        self.head = nn.Linear(16, 5, bias=False)

    def forward(self, x):
        return self.head(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


net = Net().eval()
x = torch.randn(8, 24)
with torch.no_grad():
    logits = net(x)

# The same network twice: wrapped, as DataParallel does, with a counter of batch norm that means
# nothing here; and with its matrices as [in, out], as GPT-2 and Flax have them.
state = {f"module.{name}": t for name, t in net.state_dict().items()}
state["module.norm.num_batches_tracked"] = torch.tensor(3)
turned = {
    f"turned.{name}": t.T.contiguous() if t.ndim == 2 else t.clone()
    for name, t in net.state_dict().items()
}
(GOLDENS / "pytorch-mlp.safetensors").write_bytes(save({**state, **turned}, {"format": "pt"}))
(GOLDENS / "pytorch-mlp-io.safetensors").write_bytes(save({"x": x, "logits": logits}))

print(f"torch {torch.__version__}, safetensors {safetensors.__version__}")
