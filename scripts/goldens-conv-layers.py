"""Writes test/goldens/conv-layers.json: what PyTorch's layers of convolution and around it compute, in f64.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy scipy
    /tmp/goldens/bin/python scripts/goldens-conv-layers.py

`layers` holds modules with their parameters, output and gradients; `functions` the same of functions,
`unpoolings` what becomes of pooled values, and `convolutions` what scipy.signal.convolve gives, which flips the kernel as (3.1) does. Drawn values are
quarters, so that most results are exact and the file is short. The versions and the seed stand in the
file; names are those of Gradus.
"""

import json
import platform
import re
from pathlib import Path

import numpy as np
import scipy
import scipy.signal
import torch
import torch.nn.functional as F

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "conv-layers.json"
torch.set_default_dtype(torch.float64)

SIZES = {1: [11], 2: [7, 9], 3: [5, 4, 6]}


def snake(name):
    return re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name)


def quarters(*shape):
    return torch.randint(-8, 9, shape).double().div(4)


def numbers(values):
    return [int(v) if v == int(v) else v for v in values]


def pack(t):
    kind = "f64" if t.dtype.is_floating_point else "i32"
    return {"shape": list(t.shape), "dtype": kind, "data": numbers(t.detach().flatten().tolist())}


def with_gradients(inputs, y):
    """y as output, and the gradients of <seed, y> by the inputs."""
    seed = quarters(*y.shape)
    grads = torch.autograd.grad(y, inputs, seed)
    return {"y": pack(y), "seed": pack(seed), "grads": [pack(g) for g in grads]}


# Modules: name, positional arguments, options, shape of the input.


def convolutions():
    for dims in (1, 2, 3):
        size = SIZES[dims]
        name = f"Conv{dims}d"
        yield name, [2, 3, 3], {}, [2, 2, *size]
        yield name, [2, 3, 3], {"stride": 2, "padding": 1}, [1, 2, *size]
        yield name, [2, 2, 2], {"padding": "same"}, [1, 2, *size]
        yield name, [2, 2, 2], {"padding": "valid", "dilation": 2}, [2, *size]
        yield name, [4, 2, 2], {"groups": 2, "bias": False}, [1, 4, *size]
        yield name, [3, 6, 3], {"groups": 3, "padding": 1, "stride": 3}, [1, 3, *size]
        yield name, [3, 2, 1], {}, [2, 3, *size]
        for mode in ("reflect", "replicate", "circular"):
            options = {"padding": 2, "paddingMode": mode, "dilation": 2, "stride": 2}
            yield name, [1, 2, 3], options, [1, 1, *size]
        same = {"padding": "same", "paddingMode": "circular"}
        yield name, [1, 2, 4], same, [1, 1, *size]
    options = {"stride": [2, 1], "padding": [0, 2], "dilation": [1, 2], "groups": 2}
    yield "Conv2d", [4, 2, [3, 2]], options, [2, 4, 7, 9]


def transposed_convolutions():
    for dims in (1, 2, 3):
        size = [3] * dims
        name = f"ConvTranspose{dims}d"
        yield name, [2, 3, 3], {}, [2, 2, *size]
        yield name, [2, 3, 3], {"stride": 2, "padding": 1, "outputPadding": 1}, [1, 2, *size]
        yield name, [4, 2, 2], {"dilation": 2, "groups": 2, "bias": False}, [4, *size]
    options = {"stride": [3, 1], "padding": [1, 0], "outputPadding": [2, 0], "dilation": [1, 2]}
    yield "ConvTranspose2d", [2, 2, [2, 3]], options, [1, 2, 3, 4]


def poolings():
    for dims in (1, 2, 3):
        size = SIZES[dims]
        yield f"MaxPool{dims}d", [2], {}, [2, 2, *size]
        options = {"stride": 2, "padding": 1, "dilation": 2, "ceilMode": True}
        yield f"MaxPool{dims}d", [2], options, [2, *size]
        yield f"AvgPool{dims}d", [3], {"stride": 2, "padding": 1, "ceilMode": True}, [1, 2, *size]
        yield f"AvgPool{dims}d", [2], {"padding": 1, "countIncludePad": False}, [2, *size]
        yield f"LPPool{dims}d", [2, 3], {"stride": 2}, [1, 2, *size]
        yield f"LPPool{dims}d", [4, 2], {"ceilMode": True}, [1, 2, *size]
        for kind in ("Avg", "Max"):
            yield f"Adaptive{kind}Pool{dims}d", [2], {}, [1, 2, *size]
            yield f"Adaptive{kind}Pool{dims}d", [[3, 5, 4][:dims]], {}, [2, *size]
            yield f"Adaptive{kind}Pool{dims}d", [7], {}, [1, 1, *size]
    yield "AdaptiveAvgPool2d", [[None, 3]], {}, [1, 1, 4, 7]
    yield "AvgPool2d", [[3, 2]], {"stride": [1, 2], "divisorOverride": 5}, [1, 2, 5, 6]
    yield "MaxPool2d", [[3, 2]], {"stride": [1, 3], "padding": [1, 0]}, [1, 2, 6, 8]


def resamplings():
    yield "Unfold", [3], {"stride": 2, "padding": 1}, [2, 2, 5, 6]
    yield "Unfold", [[2, 3]], {"dilation": 2}, [2, 5, 6]
    yield "Fold", [[5, 6], 3], {"stride": 2, "padding": 1}, [2, 18, 9]
    yield "PixelShuffle", [2], {}, [2, 8, 2, 3]
    yield "PixelUnshuffle", [2], {}, [2, 2, 4, 6]


def upsamplings():
    """Upsample takes options alone: mode, size or scale, shape."""
    sizes = {1: [5], 2: [4, 5], 3: [3, 4, 2]}
    modes = {1: "linear", 2: "bilinear", 3: "trilinear"}
    for dims in (1, 2, 3):
        shape = [1, 2, *sizes[dims]]
        for mode in ("nearest", "nearest-exact", "area", modes[dims]):
            yield {"scaleFactor": 2, "mode": mode}, shape
            yield {"size": [7, 3, 5][:dims], "mode": mode}, shape
            # With 2.3 as the third, PyTorch 2.14's gradient of 'nearest' is not that of what it computes.
            yield {"scaleFactor": [1.7, 0.6, 2.0][:dims], "mode": mode}, shape
        yield {"size": [8, 3, 1][:dims], "mode": modes[dims], "alignCorners": True}, shape
    yield {"scaleFactor": 1.7, "mode": "bicubic"}, [1, 2, 4, 5]
    yield {"size": [7, 3], "mode": "bicubic", "alignCorners": True}, [1, 1, 4, 5]


class BasicBlock(torch.nn.Module):
    """As in torchvision."""

    def __init__(self, inner, outer, stride=1):
        super().__init__()
        conv = torch.nn.Conv2d
        self.conv1 = conv(inner, outer, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outer)
        self.conv2 = conv(outer, outer, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outer)
        self.downsample = None
        if stride != 1 or inner != outer:
            parts = conv(inner, outer, 1, stride, bias=False), torch.nn.BatchNorm2d(outer)
            self.downsample = torch.nn.Sequential(*parts)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class InvertedResidual(torch.nn.Module):
    """As in torchvision."""

    def __init__(self, inner, outer, stride=1, expand_ratio=6):
        super().__init__()
        middle = inner * expand_ratio

        def activated(*args, **kwargs):
            conv = torch.nn.Conv2d(*args, bias=False, **kwargs)
            return torch.nn.Sequential(conv, torch.nn.BatchNorm2d(middle), torch.nn.ReLU6())

        layers = [activated(inner, middle, 1)] if expand_ratio != 1 else []
        self.conv = torch.nn.Sequential(
            *layers,
            activated(middle, middle, 3, stride, 1, groups=middle),
            torch.nn.Conv2d(middle, outer, 1, bias=False),
            torch.nn.BatchNorm2d(outer),
        )
        self.adds = stride == 1 and inner == outer

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class SqueezeExcitation(torch.nn.Module):
    """As in torchvision."""

    def __init__(self, channels, squeezed):
        super().__init__()
        self.fc1 = torch.nn.Conv2d(channels, squeezed, 1)
        self.fc2 = torch.nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        scale = self.fc2(F.relu(self.fc1(F.adaptive_avg_pool2d(x, 1))))
        return x * torch.sigmoid(scale)


BLOCKS = {c.__name__: c for c in (BasicBlock, InvertedResidual, SqueezeExcitation)}


def blocks():
    yield "BasicBlock", [2, 2], {}, [2, 2, 4, 3]
    yield "BasicBlock", [2, 3], {"stride": 2}, [2, 2, 5, 4]
    yield "InvertedResidual", [2, 2], {"expandRatio": 2}, [2, 2, 4, 3]
    yield "InvertedResidual", [2, 3], {"stride": 2, "expandRatio": 1}, [2, 2, 5, 4]
    yield "SqueezeExcitation", [4, 2], {}, [2, 4, 3, 3]


def layer_case(name, args, options, shape):
    kwargs = {snake(k): v for k, v in options.items()}
    layer = (BLOCKS.get(name) or getattr(torch.nn, name))(*args, **kwargs)
    parameters = dict(layer.named_parameters())
    for p in parameters.values():
        p.data = quarters(*p.shape)
    x = quarters(*shape).requires_grad_()
    return {
        "layer": name,
        "args": args,
        "options": options,
        "parameters": {k: pack(v) for k, v in parameters.items()},
        "x": pack(x),
        **with_gradients([x, *parameters.values()], layer(x)),
    }


# Functions: name, shapes of the inputs, further arguments, options, and how PyTorch computes it.


def functions():
    pairs = {1: [[2, 1]], 2: [[0, 2], [3, 1]], 3: [[1, 0], [0, 0], [2, 1]]}
    for dims in (1, 2, 3):
        size = SIZES[dims]
        conv = getattr(F, f"conv{dims}d")
        flat = [n for pair in reversed(pairs[dims]) for n in pair]
        kernel = [2, 3, 2][:dims]
        shapes = [[1, 2, *size], [2, 2, *kernel], [2]]
        for mode in ("zeros", "reflect", "replicate", "circular"):
            torch_mode = "constant" if mode == "zeros" else mode

            def padded(x, w, b):
                return conv(F.pad(x, flat, torch_mode), w, b, stride=2)

            options = {"padding": pairs[dims], "stride": 2, "paddingMode": mode}
            yield f"conv{dims}d", shapes, [], options, padded
        transposed = getattr(F, f"conv_transpose{dims}d")
        options = {"stride": 2, "outputPadding": 1}
        shapes = [[1, 2, *[3] * dims], [2, 2, *kernel], [2]]
        call = lambda x, w, b: transposed(x, w, b, stride=2, output_padding=1)
        yield f"convTranspose{dims}d", shapes, [], options, call
        for mode in ("reflect", "replicate", "circular"):
            call = lambda x: F.pad(x, flat, mode)
            yield "pad", [[2, 2, *size]], [pairs[dims]], {"mode": mode}, call
        yield from pooling_functions(dims)
    unfolded = lambda x: F.unfold(x, 2, padding=1)
    yield "unfold", [[2, 3, 3, 4]], [2], {"padding": 1}, unfolded
    folded = lambda x: F.fold(x, [3, 4], 2, padding=1)
    yield "fold", [[2, 8, 20]], [[3, 4], 2], {"padding": 1}, folded
    yield "pixelShuffle", [[1, 9, 2, 1]], [3], None, lambda x: F.pixel_shuffle(x, 3)
    yield "pixelUnshuffle", [[2, 4, 6]], [2], None, lambda x: F.pixel_unshuffle(x, 2)
    call = lambda x: F.pad(x, [1, -2, 0, 3], value=1.5)
    yield "pad", [[3, 4]], [[[0, 3], [1, -2]]], {"value": 1.5}, call


def pooling_functions(dims):
    size = SIZES[dims]
    x = [2, 2, *size]
    names = "maxPool", "avgPool"
    for name in names:
        call = getattr(F, f"{snake(name)}{dims}d")
        yield f"{name}{dims}d", [x], [3], {"stride": 2}, lambda x: call(x, 3, 2)
    lp = getattr(F, f"lp_pool{dims}d")
    yield f"lpPool{dims}d", [x], [2, 2], {"stride": 1}, lambda x: lp(x, 2.0, 2, 1)
    for kind in ("Avg", "Max"):
        call = getattr(F, f"adaptive_{kind.lower()}_pool{dims}d")
        yield f"adaptive{kind}Pool{dims}d", [x], [3], None, lambda x: call(x, [3] * dims)
    adaptive = getattr(F, f"adaptive_max_pool{dims}d")
    call = lambda x: adaptive(x, [3] * dims, return_indices=True)
    yield f"adaptiveMaxPool{dims}dWithIndices", [x], [3], None, call
    plain = getattr(F, f"max_pool{dims}d")
    call = lambda x: plain(x, 3, 2, 1, return_indices=True)
    yield f"maxPool{dims}dWithIndices", [x], [3], {"stride": 2, "padding": 1}, call
    axes = list(range(2, 2 + dims))
    yield "globalAvgPool", [x], [], None, lambda x: x.mean(axes, keepdim=True)
    yield "globalMaxPool", [x], [], None, lambda x: adaptive(x, [1] * dims)


def unpoolings():
    """Cases of max_unpool: what max_pool gives of values that are all different, and new values there."""
    for dims in (1, 2, 3):
        for size, stride in ((2, 2), (3, 2), (2, 3)):
            shape = [2, 2, *SIZES[dims]]
            x = torch.randperm(np.prod(shape).item()).reshape(shape).double()
            y, indices = getattr(F, f"max_pool{dims}d")(x, size, stride, return_indices=True)
            out = getattr(F, f"max_unpool{dims}d")(y, indices, size, stride, 0, shape[2:])
            yield {
                "op": f"maxUnpool{dims}d",
                "inputs": [pack(y), pack(indices)],
                "args": [size, {"stride": stride, "outputSize": shape[2:]}],
                "y": pack(out),
            }


def upsampling_case(options, shape):
    kwargs = {snake(k): v for k, v in options.items()}
    x = quarters(*shape).requires_grad_()
    y = F.interpolate(x, **kwargs)
    case = {"op": "interpolate", "inputs": [pack(x)], "args": [options]}
    return {**case, **with_gradients([x], y)}


def function_case(name, shapes, args, options, call):
    inputs = [quarters(*s).requires_grad_() for s in shapes]
    y = call(*inputs)
    y, more = y if isinstance(y, tuple) else (y, None)
    return {
        "op": name,
        "inputs": [pack(x) for x in inputs],
        "args": args if options is None else [*args, options],
        **({} if more is None else {"indices": pack(more)}),
        **with_gradients(inputs, y),
    }


def true_convolution(x_shape, kernel_shape):
    x, w = quarters(*x_shape), quarters(*kernel_shape)
    y = torch.from_numpy(np.asarray(scipy.signal.convolve(x.numpy(), w.numpy(), method="direct")))
    return {"x": pack(x), "w": pack(w), "y": pack(y)}


def lines(cases):
    return ",\n".join(json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases)


torch.manual_seed(SEED)
sources = convolutions, transposed_convolutions, poolings, resamplings, blocks
layers = [layer_case(*c) for source in sources for c in source()]
shapes = [([7], [3]), ([5, 6], [2, 3]), ([3, 4, 3], [2, 3, 2])]
true = [true_convolution(*s) for s in shapes]
called = [function_case(*c) for c in functions()]
called += [upsampling_case(*c) for c in upsamplings()]
unpooled = list(unpoolings())
head = (
    f'"torch":"{torch.__version__}","scipy":"{scipy.__version__}",'
    f'"python":"{platform.python_version()}","seed":{SEED}'
)
OUT.write_text(
    f'{{{head},"layers":[\n{lines(layers)}\n],"convolutions":[\n{lines(true)}\n],'
    f'"functions":[\n{lines(called)}\n],"unpoolings":[\n{lines(unpooled)}\n]}}\n'
)
print(OUT.name, OUT.stat().st_size, len(layers), len(called))
