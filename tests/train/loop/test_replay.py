"""Recorded steps are those taken one by one; on the CPU a recording is the function itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import ANY

import pytest
import torch

from archsearch.config import load
from archsearch.errors import InputError
from archsearch.nn import load_weights, save_weights
from archsearch.train.engines.torch_engine import TorchEngine
from archsearch.train.fit import fit, prepare
from archsearch.train.loop import precision as precisions
from archsearch.train.loop.checkpoint import TrainingState, restore, save
from archsearch.train.loop.epoch import train_epoch
from archsearch.train.loop.optimizers import FlatAdam, make_optimizer, set_rate
from archsearch.train.loop.replay import WARM_UP_STEPS, Replay, cuda_graph
from archsearch.train.loop.schedule import Rate
from archsearch.train.loop.training import Training
from tests.train.made import DROPPED, NORMED, PLAIN, made_pictures, settings

SPECS = Path(__file__).parents[3] / "specs"
NEEDS_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")
BINS = {"colorize-bins": {"grid": 4}}


class ByHand(Replay):
    """What a recording is, as far as a CPU can: the same again, told in the same memory.

    ``recorded`` and ``played`` count.
    """

    def __init__(self) -> None:
        super().__init__(self.record)
        self.recorded = self.played = 0

    def record(self, body: Callable[[], None]) -> Callable[[], None]:
        self.recorded += 1
        for _ in range(WARM_UP_STEPS):
            body()
        place = self._told

        def play() -> None:
            self.played += 1
            body()
            for there, new in zip(place, self._told, strict=True):
                there.copy_(new)
            self._told = place

        return play


@dataclass(frozen=True)
class Exact(Training):
    """In float64, so that another order of sums hardly counts."""

    def pictures(self, indices: torch.Tensor) -> torch.Tensor:
        return super().pictures(indices).double()


def replayed(training: Training, replay: Replay, **parts: object) -> Training:
    return replace(training, engine=TorchEngine(replay), **parts)


def replay_of(training: Training) -> ByHand:
    assert isinstance(training.engine, TorchEngine)
    assert isinstance(training.engine._replay, ByHand)
    return training.engine._replay


def both(text: str, folder: Path, task: object, **recipe: object) -> tuple[Training, Training]:
    """The same training, one step at a time and played back."""
    path = folder / "net.yaml"
    path.write_text(text)
    told = settings(task, batch_size=24, engine="torch", **recipe)
    made = []
    for _ in range(2):
        one = prepare(load(path).plan(told.task), told, made_pictures(), seed=3)
        one.model.double()
        parts = {name: getattr(one, name) for name in Training.__dataclass_fields__}
        optimizer = make_optimizer(one.model.parameters(), told.train)
        made.append(Exact(**parts | {"optimizer": optimizer}))
    plain, played = made
    return plain, replayed(played, ByHand(), optimizer=FlatAdam(played.model, told.train))


@pytest.mark.parametrize(
    ("text", "task", "recipe"),
    [
        (PLAIN, "reconstruct", {}),
        (PLAIN, "reconstruct", {"optimizer": "adamw", "weight_decay": 0.1, "schedule": "cosine"}),
        (PLAIN, "reconstruct", {"weight_decay": 0.1, "loss": "huber"}),
        (PLAIN, "reconstruct", {"clip_norm": 1e-3}),
        (NORMED, "denoise", {}),
        (DROPPED, "inpaint", {}),
        (PLAIN, "colorize-chroma", {}),
        (PLAIN, BINS, {}),
    ],
)
def test_played_back_steps_are_those_taken_one_by_one(tmp_path, text, task, recipe) -> None:
    """Eighty pictures in batches of 24: the last batch is smaller, and not played back."""
    plain, played = both(text, tmp_path, task, **recipe)
    for epoch in (1, 2):
        one, other = train_epoch(plain, epoch), train_epoch(played, epoch)
        assert other.loss == pytest.approx(one.loss, rel=1e-9)
        assert other.mse == pytest.approx(one.mse, rel=1e-9)
    state = played.model.state_dict()
    for name, value in plain.model.state_dict().items():
        assert torch.allclose(value, state[name], rtol=1e-7, atol=1e-10), name


@pytest.mark.parametrize("text", [NORMED, DROPPED])
def test_recording_leaves_the_training_as_it_was(tmp_path, text) -> None:
    """Weights, running statistics, moments and chance; also those of a training gone on with."""
    _, played = both(text, tmp_path, "denoise")
    train_epoch(played, 1)
    again = replayed(played, ByHand())
    before = {name: value.clone() for name, value in played.model.state_dict().items()}
    (moments,) = played.optimizer.state.values()
    kept = {name: value.clone() for name, value in moments.items()}
    torch.manual_seed(5)
    chance = torch.get_rng_state()
    again.engine.begin(again, 24)
    assert replay_of(again).recorded == 1
    assert torch.equal(chance, torch.get_rng_state())
    assert all(torch.equal(before[name], v) for name, v in played.model.state_dict().items())
    assert all(torch.equal(kept[name], value) for name, value in moments.items())


def test_only_batches_of_the_recorded_size_are_played_back(tmp_path) -> None:
    _, played = both(PLAIN, tmp_path, "reconstruct")
    replay = replay_of(played)
    train_epoch(played, 1)
    assert (replay.recorded, replay.played) == (1, 3)
    train_epoch(played, 2)
    assert (replay.recorded, replay.played) == (1, 6)


def test_what_can_not_be_recorded_trains_step_by_step(tmp_path, caplog) -> None:
    def broken(body: Callable[[], None]) -> Callable[[], None]:
        body()
        raise RuntimeError("operation not permitted when stream is capturing\nmore")

    plain, played = both(PLAIN, tmp_path, "reconstruct")
    played = replayed(played, Replay(broken))
    one, other = train_epoch(plain, 1), train_epoch(played, 1)
    assert other.loss == pytest.approx(one.loss, rel=1e-9)
    assert [record.message for record in caplog.records] == [
        "steps of this net can't be recorded, so they run one by one "
        "(operation not permitted when stream is capturing)"
    ]


def test_a_played_back_training_goes_on_from_its_checkpoint(tmp_path) -> None:
    """Its weights are parts of one tensor, and its optimizer has but one."""
    _, whole = both(NORMED, tmp_path, "denoise")
    _, first = both(NORMED, tmp_path, "denoise")
    _, second = both(NORMED, tmp_path, "denoise")
    train_epoch(whole, 1)
    train_epoch(first, 1)
    file, fresh = tmp_path / "checkpoint", TrainingState(identity="one")
    save(file, first.model, first.optimizer, fresh)
    assert restore(file, second.model, second.optimizer, fresh) == fresh
    assert train_epoch(second, 2) == replace(train_epoch(whole, 2), seconds=ANY)
    save_weights(second.model, tmp_path / "weights")
    state = second.model.state_dict()
    load_weights(whole.model, tmp_path / "weights")
    assert all(torch.equal(state[name], v) for name, v in whole.model.state_dict().items())


@pytest.mark.parametrize("spec", ["depthwise-separable", "batch-norm-deep", "dense-bottleneck"])
def test_flattened_weights_stay_where_the_model_reads_them(spec) -> None:
    from archsearch.nn import compiled

    plan = load(SPECS / f"{spec}.yaml").plan()
    model, other = compiled(plan, seed=1), compiled(plan, seed=1)
    layouts = [p.stride() for p in model.parameters()]
    (weights,) = FlatAdam(model, settings().train).param_groups[0]["params"]
    assert weights.numel() == sum(p.numel() for p in model.parameters())
    for one, two, layout in zip(model.parameters(), other.parameters(), layouts, strict=True):
        assert torch.equal(one, two)
        large = [size > 1 for size in one.shape]
        assert [s for s, big in zip(one.stride(), large, strict=True) if big] == [
            s for s, big in zip(layout, large, strict=True) if big
        ]
    with torch.no_grad():
        weights.mul_(2)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, 2 * two)


def test_a_recorded_rate_is_read_anew() -> None:
    optimizer = FlatAdam(torch.nn.Linear(3, 1), settings().train)
    (group,) = optimizer.param_groups
    places = group["lr"].data_ptr(), group["betas"][0].data_ptr()
    set_rate(optimizer, Rate(0.25, 0.5))
    assert (group["lr"].item(), group["betas"][0].item()) == (0.25, 0.5)
    assert places == (group["lr"].data_ptr(), group["betas"][0].data_ptr())


def test_bf16_trains_in_bf16_and_measures_in_float32(plan_from, monkeypatch) -> None:
    monkeypatch.setattr(precisions, "_bf16_instructions", lambda: True)
    seen = set()
    plan = plan_from(PLAIN)
    told = settings(precision="bf16", epochs=1)
    training = prepare(plan, told, made_pictures(), seed=0)
    hook = torch.nn.modules.module.register_module_forward_hook(
        lambda module, _, output: seen.add((module.training, output.dtype))
    )
    try:
        run = fit(plan, told, made_pictures(), seed=0)
    finally:
        hook.remove()
    assert (True, torch.bfloat16) in seen
    assert {kind for training, kind in seen if not training} == {torch.float32}
    assert all(p.dtype == torch.float32 for p in run.model.parameters())
    plain = fit(plan, settings(epochs=1), made_pictures(), seed=0).result
    assert run.result.val.mse == pytest.approx(plain.val.mse, rel=0.05)
    assert run.result.val.mse != plain.val.mse
    assert training.settings.precision == "bf16"


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_a_precision_the_device_lacks_is_refused(plan_from, monkeypatch, precision) -> None:
    monkeypatch.setattr(precisions, "_bf16_instructions", lambda: False)
    with pytest.raises(InputError, match=f"train.precision is {precision}, which this processor"):
        fit(plan_from(PLAIN), settings(precision=precision), made_pictures())


class FakeCuda:
    """As much of ``torch.cuda`` as a recording asks of it; capture ends in an error.

    torch's ``graph`` enters its stream and, where ending the capture fails, doesn't leave it.
    """

    def __init__(self) -> None:
        self.current = self.first = self.Stream()

    class Stream:
        def wait_stream(self, other: object) -> None: ...

    class CUDAGraph:
        replay = None

    def current_stream(self) -> Stream:
        return self.current

    def set_stream(self, stream: Stream) -> None:
        self.current = stream

    @contextmanager
    def stream(self, stream: Stream) -> Iterator[None]:
        before, self.current = self.current, stream
        yield
        self.current = before

    @contextmanager
    def graph(self, graph: CUDAGraph, stream: Stream) -> Iterator[None]:
        self.current = stream
        yield
        raise RuntimeError("operation failed due to a previous error during capture")


def test_a_recording_that_fails_leaves_torch_on_its_stream(monkeypatch) -> None:
    fake = FakeCuda()
    monkeypatch.setattr(torch, "cuda", fake)
    with pytest.raises(RuntimeError, match="during capture"):
        cuda_graph(lambda: None)
    assert fake.current is fake.first


@NEEDS_GPU
def test_a_gpu_s_failed_recording_leaves_torch_on_its_stream() -> None:
    numbers, before = torch.ones(3, device="cuda"), torch.cuda.current_stream()
    with pytest.raises(RuntimeError):
        cuda_graph(lambda: print(numbers.sum().item()))  # waits for the GPU
    assert torch.cuda.current_stream() == before
    assert (numbers + 1).sum().item() == 6


@NEEDS_GPU
@pytest.mark.parametrize("task", ["reconstruct", "denoise", "colorize-chroma", BINS])
def test_a_cuda_graph_trains_as_steps_do(plan_from, task, caplog) -> None:
    told = settings(task, batch_size=24)
    plan = plan_from(NORMED, task if isinstance(task, str) else "colorize-bins")
    played = prepare(plan, told, made_pictures(), seed=3, device="cuda")
    plain = prepare(plan, told, made_pictures(), seed=3, device="cuda")
    optimizer = make_optimizer(plain.model.parameters(), told.train)
    plain = replace(plain, engine=TorchEngine(), optimizer=optimizer)
    for epoch in (1, 2):
        one, other = train_epoch(plain, epoch), train_epoch(played, epoch)
        assert other.loss == pytest.approx(one.loss, rel=1e-3)
    assert not caplog.records, "it was recorded"


@NEEDS_GPU
@pytest.mark.parametrize("precision", ["float32", "tf32", "bf16"])
def test_a_gpu_gives_the_cpu_s_errors(plan_from, precision) -> None:
    plan = plan_from(PLAIN)
    told = settings(precision=precision)
    gpu = fit(plan, told, made_pictures(), seed=0, device="cuda").result
    cpu = fit(plan, settings(), made_pictures(), seed=0).result
    assert gpu.val.mse == pytest.approx(cpu.val.mse, rel=0.05)
