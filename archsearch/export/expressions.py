"""Torch's own modules as the expressions that make them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from archsearch.nn.border import Border
from archsearch.nn.pool import RealPixelAverage

__all__ = ["NoExpressionError", "expression", "leaves"]

PER_AXIS = {"kernel_size", "stride", "padding", "output_padding", "dilation", "scale_factor"}
"""Arguments that take one number for both axes."""

OF_TENSORS = {"device", "dtype"}

DEPRECATED = {"min_value", "max_value"}
"""Arguments that torch keeps for old code; no module has them."""

_TAKEN_FROM_PICTURE = {
    "reflect": "ReflectionPad2d",
    "replicate": "ReplicationPad2d",
    "circular": "CircularPad2d",
}


class NoExpressionError(Exception):
    """A module that isn't made of torch's own layers; the text is its class's name."""


def leaves(module: nn.Module, prefix: str) -> Iterator[tuple[str, nn.Module]]:
    """The modules that a layer runs one after the other, each with its name in the model.

    What changes nothing is left out.

    Example:
        >>> layer = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Identity(), nn.ReLU())
        >>> [name for name, _ in leaves(layer, "encoder.0")]
        ['encoder.0.0', 'encoder.0.2']
    """
    if type(module) is nn.Sequential:
        for name, child in module.named_children():
            yield from leaves(child, f"{prefix}.{name}")
    elif type(module) is not nn.Identity:
        yield prefix, module


def expression(module: nn.Module) -> str:
    """The call that makes a module again, without its weights.

    Arguments with torch's default are left out.

    Raises:
        NoExpressionError: it isn't one of torch's own, or no argument tells what it does.

    Example:
        >>> expression(nn.Conv2d(3, 8, (3, 3), padding=(1, 1)))
        'nn.Conv2d(3, 8, 3, padding=1)'
        >>> expression(nn.GELU())
        'nn.GELU()'
    """
    if isinstance(module, Border):
        return _border(module)
    if isinstance(module, RealPixelAverage):
        top, bottom, left, right = module.border.pads
        sizes = f"{_value(module.kernel, True)}, {_value(module.stride, True)}"
        return f"RealPixelAverage({sizes}, padding=({left}, {right}, {top}, {bottom}))"
    name = type(module).__name__
    if getattr(nn, name, None) is not type(module) or next(module.children(), None) is not None:
        raise NoExpressionError(name)
    return f"nn.{name}({', '.join(_arguments(module))})"


def _border(border: Border) -> str:
    top, bottom, left, right = border.pads
    sides = f"({left}, {right}, {top}, {bottom})"
    if border.mode != "constant":
        return f"nn.{_TAKEN_FROM_PICTURE[border.mode]}({sides})"
    if border.value == 0:
        return f"nn.ZeroPad2d({sides})"
    return f"nn.ConstantPad2d({sides}, {_value(border.value)})"


def _arguments(module: nn.Module) -> Iterator[str]:
    """What is needed by place; what isn't torch's default by name."""
    if type(module).__init__ is nn.Module.__init__:
        return
    for name, parameter in inspect.signature(type(module)).parameters.items():
        if name in OF_TENSORS | DEPRECATED:
            continue
        if not hasattr(module, name):
            raise NoExpressionError(type(module).__name__)
        value = _argument(module, name)
        if parameter.default is inspect.Parameter.empty:
            yield _value(value, name in PER_AXIS)
        elif not _is_default(module, name, value, parameter.default):
            yield f"{name}={_value(value, name in PER_AXIS)}"


def _argument(module: nn.Module, name: str) -> Any:
    """The value that was given; a weight stands for whether there is one."""
    value = getattr(module, name)
    if name == "bias":
        return isinstance(value, torch.Tensor)
    return value


def _is_default(module: nn.Module, name: str, value: object, default: object) -> bool:
    if name == "stride" and default is None:  # pooling: by default its kernel's size
        return bool(value == module.kernel_size)
    return bool(_shortened(value, name in PER_AXIS) == default)


def _shortened(value: Any, per_axis: bool) -> Any:
    """The value as a person writes it: one number for equal axes, and 2 rather than 2.0."""
    if isinstance(value, tuple):
        parts = tuple(_shortened(part, per_axis) for part in value)
        return parts[0] if per_axis and len(parts) == 2 and parts[0] == parts[1] else parts
    return int(value) if per_axis and isinstance(value, float) and value.is_integer() else value


def _value(value: object, per_axis: bool = False) -> str:
    short = _shortened(value, per_axis)
    if isinstance(short, float) and math.isinf(short):
        return f'float("{short}")'
    if isinstance(short, str):
        return f'"{short}"'
    if short is None or isinstance(short, (bool, int, float)):
        return repr(short)
    if isinstance(short, tuple) and all(isinstance(item, (int, float)) for item in short):
        return repr(short)
    raise NoExpressionError(type(value).__name__)
