"""Writes test/goldens/safetensors*: files of the reference implementation, to read and to match.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy safetensors ml_dtypes
/tmp/venv/bin/python scripts/goldens-safetensors.py                 # writes the files
/tmp/venv/bin/python scripts/goldens-safetensors.py --check FILE    # prints what it reads in FILE

Last written with numpy 2.4.6, safetensors 0.8.0, ml_dtypes 0.6.0, Python 3.11. The values have no seed: they are
corners of each dtype.
"""

import json
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import safetensors
from safetensors.numpy import load_file, save

GOLDENS = Path(__file__).resolve().parent.parent / "test" / "goldens"

if len(sys.argv) == 3 and sys.argv[1] == "--check":
    with safetensors.safe_open(sys.argv[2], "numpy") as f:
        print(json.dumps(f.metadata(), sort_keys=True))
    for name, array in sorted(load_file(sys.argv[2]).items()):
        print(name, array.dtype, list(array.shape), array.ravel().tolist())
    sys.exit()

INT = {
    "I8": np.array([-128, -1, 0, 127], "i1"),
    "I16": np.array([-32768, -1, 0, 32767], "i2"),
    "U16": np.array([0, 1, 65535], "u2"),
    "U32": np.array([0, 2147483647], "u4"),
    "I64": np.array([[-2147483648, -1], [0, 2147483647]], "i8"),
    "U64": np.array([0, 2147483647], "u8"),
}
# Every exponent, both signs, subnormal numbers, both ends, infinities.
HALVES = np.array(
    [s | e << 10 | f for s in (0, 0x8000) for e in range(31) for f in (0, 1, 341, 1023)]
    + [0x7C00, 0xFC00],
    "u2",
).view("f2")
BFLOATS = np.array([0x0000, 0x8000, 0x0001, 0x3F80, 0xBF81, 0x7F7F, 0xFF80], "u2")

ints = save(INT)
(GOLDENS / "safetensors-ints.safetensors").write_bytes(ints)

halves = save({"half": HALVES, "bfloat": BFLOATS.view(ml_dtypes.bfloat16).reshape(7, 1)})
(GOLDENS / "safetensors-halves.safetensors").write_bytes(halves)

own = {
    "net.0.weight": np.array([[1.5, -2.25, 1e-45], [np.inf, -0.0, 3.4028235e38]], "f4"),
    "net.0.bias": np.array([0.1, -0.1], "f4"),
    "double": np.array([np.pi, 5e-324], "f8"),
    "steps": np.array(-7, "i4"),
    "empty": np.zeros((0, 3), "f4"),
    "bytes": np.array([0, 127, 255], "u1"),
    "mask": np.array([True, False, True]),
    'quote " and ümlaut 字': np.array([3], "i4"),
}
(GOLDENS / "safetensors-own.safetensors").write_bytes(save(own, metadata={"model": "mlp 字"}))

# What was written, to the bit; JSON has no infinities, so floats are given by their bits.
expected = {
    "ints": {k: {"shape": list(v.shape), "values": v.ravel().tolist()} for k, v in INT.items()},
    "halves": {
        "half": HALVES.astype("f4").view("u4").tolist(),
        "bfloat": (BFLOATS.astype("u4") << 16).tolist(),
    },
}
(GOLDENS / "safetensors.json").write_text(json.dumps(expected) + "\n")
