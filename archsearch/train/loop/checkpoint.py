"""Where a training stood after its last finished epoch, in one safetensors file.

Tensors: ``model.NAME``, ``optimizer.INDEX.NAME`` and, with early stopping, ``best.NAME`` for
the weights of the best epoch; everything else is JSON in
the file's metadata. The learning rate is a function of the step, and an
epoch's random numbers one of seed and epoch, so neither has a state to keep.
The file's SHA-256 is in the metadata too, counted with 64 zeros in its own place.
"""

from __future__ import annotations

import json
import logging
import re
from hashlib import sha256
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as deserialize
from safetensors.torch import save as serialize
from torch import Tensor, nn

from archsearch.config import EngineName
from archsearch.files import replacing
from archsearch.records.reading import DECODING_ERRORS
from archsearch.records.record import Record
from archsearch.records.results import EpochRecord
from archsearch.train.loop.best_weights import BestWeights
from archsearch.train.loop.optimizers import StepOptimizer

__all__ = ["TrainingState", "begun_by", "discard", "places", "restore", "save"]

METADATA = "archsearch"
CHECKSUM = "sha256"
_BLANK = b"0" * 64
_CHECKSUM_PLACE = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_log = logging.getLogger(__name__)


class TrainingState(Record):
    """The plain numbers of a checkpoint.

    Attributes:
        identity: hash of plan, settings, seed and pictures.
        history: the finished epochs.
        step_seconds: time spent in training steps alone.
        pictures_seen: pictures trained on in that time.
        engine: that trained them; earlier versions had torch only.
    """

    identity: str
    history: tuple[EpochRecord, ...] = ()
    step_seconds: float = 0.0
    pictures_seen: int = 0
    engine: EngineName = "torch"

    @property
    def errors(self) -> tuple[float, ...]:
        """The validation error of each finished epoch."""
        return tuple(row.val_mse for row in self.history)


def save(
    path: Path,
    model: nn.Module,
    optimizer: StepOptimizer,
    state: TrainingState,
    best: BestWeights | None = None,
) -> None:
    """Write the checkpoint to ``path``; the last one is kept beside it, until the next."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    if best is not None:
        tensors |= {f"best.{name}": tensor for name, tensor in best.tensors.items()}
    for index, parameter in enumerate(_parameters(optimizer)):
        moments = optimizer.state[parameter]
        tensors |= {f"optimizer.{index}.{name}": value for name, value in moments.items()}
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    metadata = {METADATA: state.model_dump_json(), CHECKSUM: _BLANK.decode()}
    content = _with_checksum(serialize(plain, metadata))
    with replacing(path, size=len(content)) as temporary:
        temporary.write_bytes(content)
        if path.exists():
            path.replace(places(path)[1])


def restore(
    path: Path,
    model: nn.Module,
    optimizer: StepOptimizer,
    fresh: TrainingState,
    best: BestWeights | None = None,
) -> TrainingState:
    """Put what the checkpoint holds into its place, and give how far the training was.

    Where it is damaged, the one of the epoch before is taken. Where that is no better,
    and with checkpoints of another training, nothing is changed and ``fresh`` is given
    back. All of this is logged. A missing checkpoint is none; one without a checksum, as
    earlier versions wrote it, is not checked.
    """
    found = [place for place in places(path) if place.exists()]
    for place in found:
        try:
            tensors, state, checked = _read(place)
            _check(tensors, state, model, fresh)
            states = _optimizer_states(tensors, optimizer)
        except (OSError, SafetensorError, *DECODING_ERRORS) as error:
            _log.warning("%s is ignored: %s", place, error)
            continue
        if place != found[0]:
            _log.warning("training resumes from the epoch before, %s", place)
        if not checked:
            _log.warning("%s has no checksum: it is not checked", place)
        place.replace(path)  # so that what is damaged never takes the place of what is whole
        model.load_state_dict(_under("model.", tensors))
        optimizer.state.update(states)
        if best is not None:
            best.tensors = _under("best.", tensors)
        return state
    if found:
        _log.warning("training starts anew")
    return fresh


def begun_by(path: Path, identity: str) -> EngineName | None:
    """Who trained what the checkpoint holds; None where none of this training can be read."""
    for place in places(path):
        try:
            _, state, _ = _read(place)
        except (OSError, SafetensorError, *DECODING_ERRORS):
            continue
        if state.identity == identity:
            return state.engine
    return None


def discard(path: Path) -> None:
    """Remove the checkpoints of a training whose result is safe."""
    for place in places(path):
        place.unlink(missing_ok=True)


def places(path: Path) -> tuple[Path, Path]:
    """Where the checkpoint is kept, and that of the epoch before."""
    return path, path.with_stem(f"{path.stem}-before")


def _read(path: Path) -> tuple[dict[str, Tensor], TrainingState, bool]:
    """Tensors, numbers, and whether there was a checksum to check them by."""
    content = path.read_bytes()
    place = _CHECKSUM_PLACE.search(content)
    if place is not None and place[1] != _checksum(content, place.start(1)):
        raise ValueError("it was changed or damaged: its checksum differs")
    state = TrainingState.model_validate_json(_metadata(content))
    return deserialize(content), state, place is not None


def _metadata(content: bytes) -> str:
    """The JSON in the file's metadata."""
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size]).get("__metadata__", {})
    if METADATA not in metadata:
        raise ValueError("it isn't a checkpoint of archsearch")
    return str(metadata[METADATA])


def _with_checksum(content: bytes) -> bytes:
    """The file's content with its checksum in the place that is kept for it."""
    place = _CHECKSUM_PLACE.search(content)
    assert place is not None  # noqa: S101  save() put it there
    start, end = place.span(1)
    return content[:start] + _checksum(content, start) + content[end:]


def _checksum(content: bytes, start: int) -> bytes:
    """SHA-256 of all but the checksum itself, which is at ``start``."""
    digest = sha256(memoryview(content)[:start])
    digest.update(_BLANK)
    digest.update(memoryview(content)[start + len(_BLANK) :])
    return digest.hexdigest().encode()


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _check(
    tensors: dict[str, Tensor], state: TrainingState, model: nn.Module, fresh: TrainingState
) -> None:
    if state.identity != fresh.identity:
        raise ValueError("it belongs to another training")
    if state.engine != fresh.engine:
        raise ValueError(f"the {state.engine} engine wrote it, and {fresh.engine} trains here")
    stored = {name: tensor.shape for name, tensor in _under("model.", tensors).items()}
    if stored != {name: tensor.shape for name, tensor in model.state_dict().items()}:
        raise ValueError("its tensors aren't the model's")


def _optimizer_states(
    tensors: dict[str, Tensor], optimizer: StepOptimizer
) -> dict[Tensor, dict[str, Tensor]]:
    """The moments of each parameter, laid out in memory as those of a new optimizer are.

    Fused steps walk weights and moments side by side, so a moment in another layout would
    meet the wrong weight.
    """
    states: dict[Tensor, dict[str, Tensor]] = {}
    for index, parameter in enumerate(_parameters(optimizer)):
        named, begun = _under(f"optimizer.{index}.", tensors), optimizer.state[parameter]
        if named.keys() != begun.keys():
            raise ValueError(f"it lacks the optimizer's state of parameter {index}")
        states[parameter] = {name: _like(begun[name], value) for name, value in named.items()}
    return states


def _parameters(optimizer: StepOptimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _like(begun: Tensor, value: Tensor) -> Tensor:
    if value.shape != begun.shape:
        raise ValueError("the optimizer's state has other shapes than the model")
    return torch.empty_like(begun).copy_(value)
