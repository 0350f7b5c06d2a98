"""Writes test/goldens/image-transforms.json: what torchvision's functional transforms make of images, in
f64 and in bytes.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch torchvision numpy
    /tmp/goldens/bin/python scripts/goldens-image-transforms.py

The versions and the seed stand in the file; names are those of Gradus.
"""

import json
import platform
from pathlib import Path

import torch
import torchvision
import torchvision.transforms.functional as F
from torchvision.transforms import InterpolationMode

SEED = 1618
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "image-transforms.json"

MAPS = [
    {"angle": 0, "translate": [0, 0], "scale": 1, "shear": [0, 0]},
    {"angle": 90, "translate": [0, 0], "scale": 1, "shear": [0, 0]},
    {"angle": 17.3, "translate": [0, 0], "scale": 1, "shear": [0, 0]},
    {"angle": 0, "translate": [2, -1], "scale": 1, "shear": [0, 0]},
    {"angle": 0, "translate": [0, 0], "scale": 1.37, "shear": [0, 0]},
    {"angle": 0, "translate": [0, 0], "scale": 1, "shear": [12, -7]},
    {"angle": -31, "translate": [1, 2], "scale": 0.8, "shear": [9, 4]},
]
EXTRAS = [{}, {"fill": [0.25, 0.5, 0.75]}, {"center": [1.5, 4]}]
PADS = [("constant", 2), ("edge", [3, 1]), ("reflect", [3, 1, 2, 4]), ("symmetric", [5, 2, 1, 6])]
FACTORS = [0, 0.3, 0.7, 1, 1.6]


def floats(height: int, width: int, channels: int = 3) -> torch.Tensor:
    return torch.rand([channels, height, width], dtype=torch.float64)


def bytes_of(height: int, width: int, channels: int = 3) -> torch.Tensor:
    return torch.randint(0, 256, [channels, height, width], dtype=torch.uint8)


def plain(image: torch.Tensor) -> dict:
    dtype = {torch.float64: "f64", torch.uint8: "u8"}[image.dtype]
    return {"dtype": dtype, "shape": list(image.shape), "values": image.flatten().tolist()}


def case(image: torch.Tensor, result: torch.Tensor, **options) -> dict:
    return {**options, "image": plain(image), "result": plain(result)}


def affines() -> list:
    cases = []
    for interpolation in ["nearest", "bilinear"]:
        for i, move in enumerate(MAPS):
            # A quarter turn of a square: otherwise places fall just between two pixels.
            sizes = [(6, 6), (5, 5)] if move["angle"] == 90 else [(6, 7), (7, 5)]
            for image in [floats(*sizes[0]), bytes_of(*sizes[1])]:
                extra = EXTRAS[i % 3] if image.dtype == torch.float64 else {}
                # At the edge torchvision weighs the image twice where it fills and interpolates.
                if interpolation == "bilinear" and "fill" in extra:
                    extra = {}
                result = F.affine(
                    image, **move, interpolation=InterpolationMode(interpolation), **extra
                )
                cases.append(case(image, result, map=move, interpolation=interpolation, **extra))
    return cases


def crops() -> list:
    cases = []
    for mode, padding in PADS:
        for image in [floats(8, 6), bytes_of(7, 7)]:
            padded = F.pad(image, padding, 0, mode)
            result = F.crop(padded, 2, 1, 6, 7)
            cases.append(case(image, result, paddingMode=mode, padding=padding, top=2, left=1))
    return cases


def adjusted() -> list:
    functions = {
        "adjustBrightness": F.adjust_brightness,
        "adjustContrast": F.adjust_contrast,
        "adjustSaturation": F.adjust_saturation,
    }
    images = [floats(4, 3), bytes_of(4, 5), floats(3, 3, 1), bytes_of(3, 4, 1)]
    return [
        case(image, function(image, factor), function=name, factor=factor)
        for name, function in functions.items()
        for factor in FACTORS
        for image in images
    ]


def others() -> list:
    image, small = floats(5, 4), bytes_of(4, 5)
    value = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)[:, None, None]
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.3, 0.4]
    return [
        case(image, F.hflip(image), function="hflip"),
        case(small, F.hflip(small), function="hflip"),
        case(image, F.vflip(image), function="vflip"),
        case(small, F.vflip(small), function="vflip"),
        case(image, F.erase(image, 1, 2, 3, 2, value), function="erase"),
        case(image, F.normalize(image, mean, std), function="normalize"),
    ]


if __name__ == "__main__":
    torch.manual_seed(SEED)
    content = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
        "seed": SEED,
        "affine": affines(),
        "crop": crops(),
        "adjust": adjusted(),
        "others": others(),
    }
    OUT.write_text(json.dumps(content) + "\n")
