"""Torch's layers as layers of a spec, one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from torch import nn

from archsearch.importing.layer import BORDER, Inexpressible, Layer, same, torch_class
from archsearch.spec.shape import Shape

__all__ = ["layers_of"]

EPS = 1e-5
"""Of every norm that the language makes, torch's default."""

Reader = Callable[[Any, Shape, Shape], Layer | list[Layer]]
"""(module, input, output) → its layer, without source; or several."""


def layers_of(module: nn.Module, input: Shape, output: Shape, source: str) -> list[Layer]:
    """A module of torch's as a layer, or as two.

    Args:
        module: in eval mode.
        input: what it was given.
        output: what it gave.
        source: where it stands.

    Raises:
        Inexpressible: the language has no words for it.

    Example:
        >>> [up] = layers_of(nn.PixelShuffle(2), Shape(8, 4, 4), Shape(2, 8, 8), "up")
        >>> up.kind, up.fields
        ('pixel_shuffle', {'scale': 2})
    """
    if hasattr(module, "parametrizations") or _is_computed(module):
        raise Inexpressible(
            "its weight is computed in each step (a weight or spectral norm); "
            "remove_parametrizations or remove_weight_norm of torch.nn.utils leaves a plain one"
        )
    own = type(module).__name__
    name = own if own in _READERS else torch_class(module).__name__
    reader = _READERS.get(name)
    if reader is None:
        raise Inexpressible(f"there is no layer like {name}{_INSTEAD.get(name, '')}")
    found = reader(module, input, output)
    layers = found if isinstance(found, list) else [found]
    for layer in layers:
        layer.source = source
    return layers


_INSTEAD = {
    "Dropout2d": "; Dropout drops single numbers",
    "AlphaDropout": "; Dropout has no mean to keep",
    "ReLU6": "; ReLU and Hardtanh(-a, a) are there",
    "Softmax": "; leave it to the loss",
    "PixelUnshuffle": "; a Conv2d with stride shrinks",
}


def _is_computed(module: nn.Module) -> bool:
    """Whether a weight isn't the parameter itself, as ``torch.nn.utils.weight_norm`` leaves it."""
    return "weight" not in module._parameters and hasattr(module, "weight_orig") | hasattr(
        module, "weight_g"
    )


def _conv(module: nn.Conv2d, input: Shape, output: Shape) -> Layer:
    fields = _convolution(module)
    fields["padding"] = _padding(module)
    if module.padding_mode != "zeros":
        fields["padding_mode"] = module.padding_mode
    return Layer("conv", fields, "", {"conv": module})


def _padding(module: Any) -> object:
    """As numbers; torch's ``same`` puts the larger half after."""
    if module.padding != "same":
        return 0 if module.padding == "valid" else same(module.padding)
    spans = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
    return [[n // 2, n - n // 2] for n in spans]


def _conv_transpose(module: nn.ConvTranspose2d, input: Shape, output: Shape) -> Layer:
    fields = _convolution(module)
    fields["padding"] = same(module.padding)
    fields["output_padding"] = same(_output_padding(module, input, output))
    return Layer("conv_transpose", fields, "", {"conv": module})


def _output_padding(module: Any, input: Shape, output: Shape) -> tuple[int, int]:
    """That of the module, unless it was called with ``output_size``."""
    usual = (
        (size - 1) * s - 2 * p + d * (k - 1) + 1
        for size, s, p, d, k in zip(
            (input.height, input.width),
            module.stride,
            module.padding,
            module.dilation,
            module.kernel_size,
            strict=True,
        )
    )
    rows, columns = usual
    return output.height - rows, output.width - columns


def _convolution(module: Any) -> dict[str, Any]:
    fields = {
        "channels": module.out_channels,
        "kernel": same(module.kernel_size),
        "stride": same(module.stride),
        "dilation": same(module.dilation),
        "groups": module.groups,
        "bias": module.bias is not None,
    }
    usual = {"stride": 1, "dilation": 1, "groups": 1, "bias": True}
    return {name: value for name, value in fields.items() if value != usual.get(name)}


def _linear(module: Any, input: Shape, output: Shape) -> Layer:
    if not output.vector:
        raise Inexpressible("Linear on the last axis; a 1×1 Conv2d acts on channels")
    fields: dict[str, Any] = {"size": module.out_features}
    if module.bias is None:
        fields["bias"] = False
    return Layer("dense", fields, "", {"linear": module})


def _norm(word: object, module: Any) -> Layer:
    if not math.isclose(module.eps, EPS, rel_tol=1e-6):
        raise Inexpressible(f"eps is {module.eps:g}, and every norm here has {EPS:g}")
    return Layer("norm", {"norm": word}, "", {"": module})


def _batch_norm(module: Any, input: Shape, output: Shape) -> Layer:
    if module.running_mean is None:
        raise Inexpressible("it has no running statistics (track_running_stats=False)")
    return _norm("batch", module)


def _group_norm(module: nn.GroupNorm, input: Shape, output: Shape) -> Layer:
    groups = module.num_groups
    return _norm({1: "layer", 8: "group"}.get(groups, {"group": groups}), module)


def _layer_norm(module: nn.LayerNorm, input: Shape, output: Shape) -> Layer:
    shape = tuple(module.normalized_shape)
    if shape == (input.channels,) and input.height == input.width == 1:
        return _norm("layer", module)
    if shape != input.as_tuple():
        raise Inexpressible("LayerNorm over some axes; here a norm is over the whole picture")
    if module.elementwise_affine:
        raise Inexpressible(
            "LayerNorm with a weight for each pixel; GroupNorm(1, C) has one a channel"
        )
    return _norm("layer", module)


def _instance_norm(module: nn.InstanceNorm2d, input: Shape, output: Shape) -> Layer:
    if module.track_running_stats:
        raise Inexpressible("its running statistics (track_running_stats=True)")
    return _norm("instance", module)


def _activation(word: str) -> Reader:
    def read(module: nn.Module, input: Shape, output: Shape) -> Layer:
        return Layer("activation", {"activation": word}, "")

    return read


def _with_number(word: str, attribute: str, usual: float) -> Reader:
    def read(module: nn.Module, input: Shape, output: Shape) -> Layer:
        return _numbered(word, getattr(module, attribute), usual)

    return read


def _numbered(word: str, number: float, usual: float) -> Layer:
    value = word if number == usual else {word: float(number)}
    return Layer("activation", {"activation": value}, "")


def _prelu(module: nn.PReLU, input: Shape, output: Shape) -> Layer:
    if module.num_parameters != 1:
        raise Inexpressible("PReLU with a slope for each channel; here it has one")
    layer = _numbered("prelu", module.init, 0.25)
    layer.parts = {"": module}
    return layer


def _gelu(module: nn.GELU, input: Shape, output: Shape) -> Layer:
    if module.approximate != "none":
        raise Inexpressible('GELU(approximate="tanh"); the exact one is there')
    return Layer("activation", {"activation": "gelu"}, "")


def _softplus(module: nn.Softplus, input: Shape, output: Shape) -> Layer:
    if module.threshold != 20:
        raise Inexpressible("Softplus with a threshold of its own; torch's default is there")
    return _numbered("softplus", module.beta, 1.0)


def _hardtanh(module: nn.Hardtanh, input: Shape, output: Shape) -> Layer:
    if module.min_val != -module.max_val:
        raise Inexpressible(
            f"Hardtanh from {module.min_val:g} to {module.max_val:g}; it must be even, from −a to a"
        )
    return _numbered("hardtanh", module.max_val, 1.0)


def _dropout(module: nn.Dropout, input: Shape, output: Shape) -> Layer:
    if module.p >= 1:
        raise Inexpressible("a dropout of everything")
    return Layer("dropout", {"dropout": module.p}, "")


def _max_pool(module: nn.MaxPool2d, input: Shape, output: Shape) -> Layer:
    if _pair(module.dilation) != (1, 1):
        raise Inexpressible("a pooling with dilation")
    return _pool(module, input, output, "max")


def _avg_pool(module: nn.AvgPool2d, input: Shape, output: Shape) -> Layer | list[Layer]:
    if module.divisor_override is not None:
        raise Inexpressible("an average with a divisor of its own (divisor_override)")
    if module.count_include_pad and any(_pair(module.padding)):
        if module.ceil_mode:
            raise Inexpressible("an average that counts its border, with ceil_mode")
        return _counted_average(module)
    return _pool(module, input, output, "avg")


def _counted_average(module: nn.AvgPool2d) -> list[Layer]:
    """Zeros of the border count as pixels, so they are laid before."""
    rows, columns = _pair(module.padding)
    pads = (rows, rows, columns, columns)
    kernel, stride = _pair(module.kernel_size), _pair(module.stride)
    border = Layer(BORDER, {"pads": pads, "mode": "zeros"}, "")
    return [border, _pooling(kernel, stride, [[0, 0], [0, 0]], "avg")]


def _pool(module: Any, input: Shape, output: Shape, mode: str) -> Layer:
    kernel, stride = _pair(module.kernel_size), _pair(module.stride)
    sides = []
    sizes = ((input.height, output.height), (input.width, output.width))
    for (size, rows), k, s, p in zip(sizes, kernel, stride, _pair(module.padding), strict=True):
        more = (rows - 1) * s + k - size - p if module.ceil_mode else p
        sides.append([p, max(p, more)])
    if max(after - k // 2 for (_, after), k in zip(sides, kernel, strict=True)) > 0:
        raise Inexpressible("ceil_mode, whose last window is more than half outside the picture")
    return _pooling(kernel, stride, sides, mode)


def _pooling(kernel: Any, stride: Any, sides: list[list[int]], mode: str) -> Layer:
    fields: dict[str, Any] = {"kernel": same(tuple(kernel))}
    if tuple(stride) != tuple(kernel):
        fields["stride"] = same(tuple(stride))
    if any(map(any, sides)):
        fields["padding"] = sides
    if mode != "max":
        fields["mode"] = mode
    return Layer("pool", fields, "")


def _real_pixels(module: Any, input: Shape, output: Shape) -> Layer:
    """What ``archsearch export`` writes for an average over an uneven border."""
    left, right, top, bottom = module.border.padding
    kernel, stride = _pair(module.sums.kernel_size), _pair(module.sums.stride)
    return _pooling(kernel, stride, [[top, bottom], [left, right]], "avg")


def _adaptive(mode: str) -> Reader:
    def read(module: Any, input: Shape, output: Shape) -> Layer:
        sizes = ((input.height, output.height), (input.width, output.width))
        if any(size % rows for size, rows in sizes):
            raise Inexpressible(
                f"windows of several sizes: {input.height}×{input.width} isn't a multiple of "
                f"{output.height}×{output.width}"
            )
        kernel = tuple(size // rows for size, rows in sizes)
        return _pooling(kernel, kernel, [[0, 0], [0, 0]], mode)

    return read


def _upsample(module: nn.Upsample, input: Shape, output: Shape) -> Layer:
    if module.mode not in {"nearest", "nearest-exact", "bilinear", "bicubic"}:
        raise Inexpressible(f"Upsample(mode={module.mode!r})")
    fields: dict[str, Any] = {}
    if module.mode in {"bilinear", "bicubic"}:
        fields["mode"] = module.mode
    if module.align_corners:
        fields["align_corners"] = True
    scales = _pair(module.scale_factor) if module.size is None else ()
    if scales and all(float(scale).is_integer() for scale in scales):
        return Layer("upsample", {"scale": same(tuple(map(int, scales))), **fields}, "")
    return Layer("resize", {"size": same((output.height, output.width)), **fields}, "")


def _pixel_shuffle(module: nn.PixelShuffle, input: Shape, output: Shape) -> Layer:
    return Layer("pixel_shuffle", {"scale": module.upscale_factor}, "")


def _channel_shuffle(module: nn.ChannelShuffle, input: Shape, output: Shape) -> Layer:
    return Layer("channel_shuffle", {"groups": module.groups}, "")


def _border(mode: str) -> Reader:
    def read(module: Any, input: Shape, output: Shape) -> Layer:
        left, right, top, bottom = module.padding
        value = getattr(module, "value", 0)
        if value == -math.inf:
            return Layer(BORDER, {"pads": (top, bottom, left, right), "mode": "lowest"}, "")
        if value:
            raise Inexpressible(f"a border of {value:g}; zeros are there")
        return Layer(BORDER, {"pads": (top, bottom, left, right), "mode": mode}, "")

    return read


def _pair(value: Any) -> tuple[Any, Any]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "Conv2d": _conv,
        "ConvTranspose2d": _conv_transpose,
        "Linear": _linear,
        "BatchNorm2d": _batch_norm,
        "BatchNorm1d": _batch_norm,
        "GroupNorm": _group_norm,
        "LayerNorm": _layer_norm,
        "InstanceNorm2d": _instance_norm,
        "ReLU": _activation("relu"),
        "LeakyReLU": _with_number("leaky_relu", "negative_slope", 0.01),
        "ELU": _with_number("elu", "alpha", 1.0),
        "GELU": _gelu,
        "SiLU": _activation("silu"),
        "Tanh": _activation("tanh"),
        "Sigmoid": _activation("sigmoid"),
        "PReLU": _prelu,
        "SELU": _activation("selu"),
        "Softplus": _softplus,
        "Hardtanh": _hardtanh,
        "Mish": _activation("mish"),
        "Dropout": _dropout,
        "MaxPool2d": _max_pool,
        "AvgPool2d": _avg_pool,
        "RealPixelAverage": _real_pixels,
        "AdaptiveAvgPool2d": _adaptive("avg"),
        "AdaptiveMaxPool2d": _adaptive("max"),
        "Upsample": _upsample,
        "UpsamplingNearest2d": _upsample,
        "UpsamplingBilinear2d": _upsample,
        "PixelShuffle": _pixel_shuffle,
        "ChannelShuffle": _channel_shuffle,
        "ZeroPad2d": _border("zeros"),
        "ConstantPad2d": _border("zeros"),
        "ReflectionPad2d": _border("reflect"),
        "ReplicationPad2d": _border("replicate"),
        "CircularPad2d": _border("circular"),
    }
)

"""By the names of classes; all but one are those of ``torch.nn``."""
