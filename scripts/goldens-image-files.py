"""Writes test/goldens/image-files.json: small image files and the pixels that Pillow reads from them, and test/goldens/resize.json: what PyTorch's antialiased bilinear interpolation makes of images.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy pillow
    /tmp/goldens/bin/python scripts/goldens-image-files.py

The decoders of JPEG may differ by roundings of their cosine transform: hence a tolerance. The versions
and the seed stand in the files.
"""

import base64
import io
import json
import platform
from pathlib import Path

import numpy as np
import PIL
import torch
from PIL import Image

SEED = 2718
GOLDENS = Path(__file__).resolve().parent.parent / "test" / "goldens"
HEIGHT, WIDTH = 11, 13


def picture() -> np.ndarray:
    """Smooth colours, [H, W, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [x * 19, y * 22, 128 + 100 * np.sin(x / 3 + y / 2)]
    return np.stack(planes, -1).clip(0, 255).astype(np.uint8)


def palette(image: Image.Image) -> Image.Image:
    return image.quantize(12)


def deep(image: Image.Image) -> Image.Image:
    """Grey of 16 bits whose high and low bytes are equal."""
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L")


def same(image: Image.Image) -> Image.Image:
    return image


FULL = {"format": "JPEG", "quality": 92, "subsampling": 0}
PNG = {"format": "PNG"}

# Name, what is done to the picture, how it is saved, greatest distance.
FILES = [
    ("JPEG", same, FULL, 3),
    ("progressive JPEG", same, {**FULL, "progressive": True}, 3),
    ("grey JPEG", grey, FULL, 1),
    ("CMYK JPEG", lambda image: image.convert("CMYK"), FULL, 4),
    ("PNG", same, PNG, 0),
    ("optimized PNG", same, {**PNG, "optimize": True}, 0),
    ("PNG with a palette", palette, PNG, 0),
    ("PNG with a palette of 4 bits", palette, {**PNG, "bits": 4}, 0),
    ("PNG of 16 bits", deep, PNG, 0),
    ("grey PNG", grey, PNG, 0),
    ("black and white PNG", lambda image: image.convert("1"), PNG, 0),
]


def file(name: str, change, options: dict, tolerance: int) -> dict:
    data = io.BytesIO()
    change(Image.fromarray(picture())).save(data, **options)
    read = Image.open(io.BytesIO(data.getvalue()))
    if read.mode.startswith("I;16"):
        pixels = np.asarray(read).astype(np.uint16) // 257
    else:
        pixels = np.asarray(read.convert("L" if read.mode in ("1", "L") else "RGB"))
    planes = pixels.reshape(HEIGHT, WIDTH, -1).transpose(2, 0, 1)
    return {
        "name": name,
        "base64": base64.b64encode(data.getvalue()).decode(),
        "shape": list(planes.shape),
        "values": planes.flatten().tolist(),
        "tolerance": tolerance,
    }


def resized(shape: list, size: list) -> dict:
    image = torch.rand(shape, dtype=torch.float64)
    out = torch.nn.functional.interpolate(
        image[None], size=size, mode="bilinear", align_corners=False, antialias=True
    )[0]
    values = image.flatten().tolist()
    return {"shape": shape, "size": size, "values": values, "result": out.flatten().tolist()}


def cropped(shape: list, size: int) -> dict:
    """torchvision's Resize(size) and CenterCrop(size): the shorter side first."""
    _, height, width = shape
    short, long = min(height, width), max(height, width)
    other = int(size * long / short)
    full = [size, other] if height < width else [other, size]
    case = resized(shape, full)
    image = np.array(case["result"]).reshape(shape[0], *full)
    top, left = round((full[0] - size) / 2), round((full[1] - size) / 2)
    result = image[:, top : top + size, left : left + size]
    return {**case, "size": [size, size], "result": result.flatten().tolist()}


def write(name: str, content: dict) -> None:
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    text = json.dumps({"versions": {**versions, "numpy": np.__version__}, "seed": SEED, **content})
    (GOLDENS / name).write_text(text + "\n")


if __name__ == "__main__":
    torch.manual_seed(SEED)
    write("image-files.json", {"pillow": PIL.__version__, "files": [file(*case) for case in FILES]})
    sizes = [([1, 5, 7], [3, 4]), ([3, 4, 3], [9, 8]), ([1, 9, 4], [2, 6]), ([2, 1, 6], [4, 1])]
    write(
        "resize.json",
        {
            "fill": [resized(*case) for case in sizes],
            "cover": [cropped([1, 7, 12], 4), cropped([2, 9, 6], 8), cropped([1, 5, 5], 3)],
        },
    )
