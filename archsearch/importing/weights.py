"""Weights of a torch module in the net that was made of it, and whether both give the same."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from archsearch.errors import InputError
from archsearch.importing.layer import Layer
from archsearch.importing.recording import Recording, pictures_of, run
from archsearch.nn import Autoencoder

__all__ = ["TOLERANCE", "compare", "copy_weights"]

TOLERANCE = 1e-6
"""How far outputs may differ, relative to the largest number if that is above 1."""


def copy_weights(model: Autoencoder, layers: list[Layer]) -> None:
    """Fill a built net.

    Args:
        model: from ``build``.
        layers: of its plan, in order.
    """
    for module, layer in zip(_modules(model), layers, strict=True):
        for name, part in layer.parts.items():
            own = module.get_submodule(name)
            state = {key: tensor.detach().cpu() for key, tensor in part.state_dict().items()}
            # norms without weights of their own (affine=False) scale by 1 and shift by 0, as built
            own.load_state_dict({**own.state_dict(), **state})


def compare(
    model: Autoencoder, layers: list[Layer], recording: Recording, module: nn.Module
) -> None:
    """See that net and module give the same, on what was recorded and on other pictures.

    Raises:
        InputError: they don't; it names the first layer that differs.
    """
    images_NCHW = recording.tensors[0]
    more_NCHW = torch.rand(3, *images_NCHW.shape[1:], generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        fed_NCHW = more_NCHW.to(images_NCHW.device, copy=True)  # a module may change it in place
        wanted = pictures_of(run(module, fed_NCHW), fed_NCHW)
        recorded = recording.tensors[recording.output]
        pairs = [(images_NCHW, recorded), (more_NCHW, wanted)]
        if all(gave is not None and _same(model(fed.cpu()), gave) for fed, gave in pairs):
            return
        different = next(_different(model, layers, recording), None)
    where = (
        "it does something else with other pictures"
        if different is None
        else (f"{different.source} gives other numbers than `{different.kind}`")
    )
    raise InputError(
        f"the net made of this module isn't the same: {where}",
        help="write its layers in a spec by hand, from the nearest kinds (docs/language.md)",
    )


def _different(model: Autoencoder, layers: list[Layer], recording: Recording) -> Iterator[Layer]:
    """The layers that give other numbers than was recorded."""
    given: list[Tensor] = []

    def keep(module: nn.Module, args: object, result: Tensor | tuple[Tensor, ...]) -> None:
        given.append(result[0] if isinstance(result, tuple) else result)

    hooks = [module.register_forward_hook(keep) for module in _modules(model)]
    try:
        model(recording.tensors[0].cpu())
    finally:
        for hook in hooks:
            hook.remove()
    for layer, found in zip(layers, given, strict=True):
        recorded = 0 <= layer.gives < len(recording.tensors)
        if recorded and not _same(found, recording.tensors[layer.gives]):
            yield layer


def _same(found: Tensor, wanted: Tensor) -> bool:
    wanted = wanted.cpu()
    if found.numel() != wanted.numel():
        return False
    difference = (found.flatten() - wanted.flatten()).abs().max()
    return bool(difference <= TOLERANCE * max(1.0, float(wanted.abs().max())))


def _modules(model: Autoencoder) -> list[nn.Module]:
    return [*model.encoder, *model.decoder]
