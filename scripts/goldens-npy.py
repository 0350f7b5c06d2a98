"""Writes test/goldens/npy/: NumPy's own files, to read and to match.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy
/tmp/venv/bin/python scripts/goldens-npy.py                 # writes the files
/tmp/venv/bin/python scripts/goldens-npy.py --check FILE    # prints what it reads in FILE

Last written with numpy 2.4.6, Python 3.11. The values have no seed: they are corners of each dtype.
"""

import json
import sys
from pathlib import Path

import numpy as np

GOLDENS = Path(__file__).resolve().parent.parent / "test" / "goldens" / "npy"

if len(sys.argv) == 3 and sys.argv[1] == "--check":
    loaded = np.load(sys.argv[2])
    items = {"": loaded} if isinstance(loaded, np.ndarray) else loaded
    for name in items:
        array = items[name]
        print(name, array.dtype.str, list(array.shape), array.ravel().tolist())
    sys.exit()

GOLDENS.mkdir(exist_ok=True)
ARRAYS = {
    "f2": np.array([0, -1.5, 65504, 2**-24], "<f2"),
    "f4": np.array([[1.5, -2.25, 1e-45], [0.1, -0.0, 3.4028235e38]], "<f4"),
    "f8": np.array([np.pi, 5e-324, -1.7976931348623157e308], "<f8"),
    "i1": np.array([-128, -1, 0, 127], "i1"),
    "i2": np.array([-32768, 0, 32767], "<i2"),
    "i4": np.array([-2147483648, 0, 2147483647], "<i4"),
    "i8": np.array([[-2147483648, -1], [0, 2147483647]], "<i8"),
    "u1": np.array([0, 127, 255], "u1"),
    "u2": np.array([0, 65535], "<u2"),
    "u4": np.array([0, 2147483647], "<u4"),
    "u8": np.array([0, 2147483647], "<u8"),
    "b1": np.array([True, False, True]),
    "scalar": np.array(-7, "<i4"),
    "empty": np.zeros((0, 3), "<f4"),
}
expected = {}


def write(name: str, array: np.ndarray, version: tuple[int, int] | None = None) -> None:
    with (GOLDENS / f"{name}.npy").open("wb") as f:
        np.lib.format.write_array(f, array, version=version)
    if array.dtype.kind in "fiub":
        expected[name] = {"shape": list(array.shape), "values": array.ravel().tolist()}


for name, array in ARRAYS.items():
    write(name, array)
    if array.itemsize > 1 and name not in ("scalar", "empty"):
        write(f"{name}-big", array.astype(array.dtype.newbyteorder(">")))
cube = np.arange(24, dtype="<i4").reshape(2, 3, 4)
write("fortran", np.asfortranarray(cube))
write("fortran-big", np.asfortranarray(cube.astype(">f8")))
write("version2", cube, (2, 0))
write("version3", cube, (3, 0))
write("too-wide", np.array([0, 2**31], "<i8"))
del expected["too-wide"]
write("complex", np.array([1j], "<c16"))
write("text", np.array(["a", "bc"]))
write("dates", np.array(["2020-01-01"], "<M8[D]"))
write("records", np.array([(1, 2.0)], [("a", "<i4"), ("b", "<f8")]))

np.savez(GOLDENS / "stored.npz", w=ARRAYS["f4"], **{"layer.0/bias": ARRAYS["f8"]})
np.savez_compressed(GOLDENS / "deflated.npz", x=np.tile(ARRAYS["i4"], 100), y=ARRAYS["b1"])
(GOLDENS / "expected.json").write_text(json.dumps(expected) + "\n")
