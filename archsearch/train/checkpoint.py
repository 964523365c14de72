"""Where a training stood after its last finished epoch, in one safetensors file.

Tensors: ``model.NAME`` and ``optimizer.INDEX.NAME``; everything else is JSON in
the file's metadata. The learning rate is a function of the step, and an
epoch's random numbers one of seed and epoch, so neither has a state to keep.
"""

from __future__ import annotations

import logging
from pathlib import Path

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from archsearch.files import replacing
from archsearch.records.results import EpochRecord, Record

__all__ = ["Progress", "restore", "save"]

METADATA = "archsearch"
_log = logging.getLogger(__name__)


class Progress(Record):
    """The plain numbers of a checkpoint.

    Attributes:
        identity: hash of plan, settings, seed and pictures.
        history: the finished epochs.
        step_seconds: time spent in training steps alone.
        pictures_seen: pictures trained on in that time.
    """

    identity: str
    history: tuple[EpochRecord, ...] = ()
    step_seconds: float = 0.0
    pictures_seen: int = 0


def save(path: Path, model: nn.Module, optimizer: Optimizer, progress: Progress) -> None:
    """Write the checkpoint to ``path``, in the place of the last one."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        named = {name: value for name, value in state.items() if isinstance(value, Tensor)}
        tensors |= {f"optimizer.{index}.{name}": value for name, value in named.items()}
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with replacing(path) as temporary:
        save_file(plain, temporary, metadata={METADATA: progress.model_dump_json()})


def restore(path: Path, model: nn.Module, optimizer: Optimizer, fresh: Progress) -> Progress:
    """Put the checkpoint's state into model and optimizer, and give its progress.

    Without a checkpoint, and with a damaged one or one of another training
    (which is logged), nothing is changed and ``fresh`` is given back.
    """
    if not path.exists():
        return fresh
    try:
        tensors, progress = _read(path)
        _check(tensors, model)
        states = _optimizer_states(tensors, optimizer)
    except (OSError, SafetensorError, ValidationError, ValueError) as error:
        _log.warning("%s can't be read and is left out: training starts anew (%s)", path, error)
        return fresh
    if progress.identity != fresh.identity:
        _log.warning("%s is of another training and is left out: training starts anew", path)
        return fresh
    model.load_state_dict(_under("model.", tensors))
    optimizer.state.update(states)
    return progress


def _read(path: Path) -> tuple[dict[str, Tensor], Progress]:
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        if METADATA not in metadata:
            raise ValueError("not a checkpoint of archsearch")
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return tensors, Progress.model_validate_json(metadata[METADATA])


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _check(tensors: dict[str, Tensor], model: nn.Module) -> None:
    stored = {name: tensor.shape for name, tensor in _under("model.", tensors).items()}
    if stored != {name: tensor.shape for name, tensor in model.state_dict().items()}:
        raise ValueError("its tensors aren't the model's")


def _optimizer_states(
    tensors: dict[str, Tensor], optimizer: Optimizer
) -> dict[Tensor, dict[str, Tensor]]:
    """The moments of each parameter, laid out in memory as the parameter is.

    Fused steps walk both side by side, so a moment in another layout would
    meet the wrong weight.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    states: dict[Tensor, dict[str, Tensor]] = {}
    for index, parameter in enumerate(parameters):
        named = _under(f"optimizer.{index}.", tensors)
        if not named:
            raise ValueError(f"it lacks the optimizer's state of parameter {index}")
        states[parameter] = {name: _like(parameter, value) for name, value in named.items()}
    return states


def _like(parameter: Tensor, value: Tensor) -> Tensor:
    if value.ndim == 0:  # the count of steps
        return value.to(parameter.device)
    if value.shape != parameter.shape:
        raise ValueError("the optimizer's state has other shapes than the model")
    return torch.empty_like(parameter, requires_grad=False).copy_(value)
