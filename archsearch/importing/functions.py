"""Torch's functions as the modules that do the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from torch import nn

from archsearch.importing.layer import Inexpressible

__all__ = ["RESHAPES", "UNCHANGED", "module_of"]

RESHAPES = frozenset(
    ("flatten", "view", "reshape", "unflatten", "squeeze", "unsqueeze", "view_as", "reshape_as")
)
"""Names of what gives a tensor another shape."""

UNCHANGED = frozenset(("contiguous", "clone", "detach", "float", "to", "type_as", "alias"))
"""Names of what gives the same numbers."""


def module_of(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> nn.Module:
    """A layer of torch's that does what a function does.

    Args:
        name: of the function.
        args: after the tensor.
        kwargs: the same.

    Raises:
        Inexpressible: no layer does.

    Example:
        >>> module_of("leaky_relu", (0.2,), {})
        LeakyReLU(negative_slope=0.2)
    """
    make = _MODULES.get(name)
    try:
        made = None if make is None else make(*args, **kwargs)
    except TypeError:  # arguments that the layer hasn't
        made = None
    if made is None:
        raise Inexpressible("no layer does this")
    return made


def _plain(make: Callable[[], nn.Module]) -> Callable[..., nn.Module]:
    return lambda inplace=False: make()


def _leaky_relu(negative_slope: float = 0.01, inplace: bool = False) -> nn.Module:
    return nn.LeakyReLU(negative_slope)


def _elu(alpha: float = 1.0, inplace: bool = False) -> nn.Module:
    return nn.ELU(alpha)


def _gelu(approximate: str = "none") -> nn.Module:
    return nn.GELU(approximate)


def _hardtanh(min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> nn.Module:
    return nn.Hardtanh(min_val, max_val)


def _softplus(beta: float = 1.0, threshold: float = 20.0) -> nn.Module:
    return nn.Softplus(beta, threshold)


def _dropout(p: float = 0.5, training: bool = True, inplace: bool = False) -> nn.Module:
    if training:
        raise Inexpressible("it drops in evaluation, too; give it training=self.training")
    return nn.Dropout(p)


def _max_pool(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> nn.Module:
    return nn.MaxPool2d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)


def _avg_pool(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> nn.Module:
    return nn.AvgPool2d(
        kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _mean(dim: Any = None, keepdim: bool = False) -> nn.Module | None:
    """The mean of each channel."""
    axes = set(dim) if isinstance(dim, tuple) else set()
    return nn.AdaptiveAvgPool2d(1) if axes in ({2, 3}, {-1, -2}) else None


def _interpolate(
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> nn.Module | None:
    if antialias:
        return None
    return nn.Upsample(size, scale_factor, mode, align_corners, recompute_scale_factor)


_BORDERS = {
    "reflect": nn.ReflectionPad2d,
    "replicate": nn.ReplicationPad2d,
    "circular": nn.CircularPad2d,
}


def _pad(pad: Any, mode: str = "constant", value: float | None = None) -> nn.Module | None:
    if len(pad) not in {2, 4}:
        return None
    sides = (*pad, *(0,) * (4 - len(pad)))
    return nn.ConstantPad2d(sides, value or 0.0) if mode == "constant" else _BORDERS[mode](sides)


_MODULES: Mapping[str, Callable[..., nn.Module | None]] = MappingProxyType(
    {
        "relu": _plain(nn.ReLU),
        "relu6": _plain(nn.ReLU6),
        "silu": _plain(nn.SiLU),
        "mish": _plain(nn.Mish),
        "selu": _plain(nn.SELU),
        "tanh": _plain(nn.Tanh),
        "sigmoid": _plain(nn.Sigmoid),
        "leaky_relu": _leaky_relu,
        "elu": _elu,
        "gelu": _gelu,
        "hardtanh": _hardtanh,
        "softplus": _softplus,
        "dropout": _dropout,
        "max_pool2d": _max_pool,
        "max_pool2d_with_indices": _max_pool,
        "avg_pool2d": _avg_pool,
        "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d,
        "adaptive_max_pool2d": nn.AdaptiveMaxPool2d,
        "mean": _mean,
        "interpolate": _interpolate,
        "pad": _pad,
        "pixel_shuffle": nn.PixelShuffle,
        "channel_shuffle": nn.ChannelShuffle,
    }
)
