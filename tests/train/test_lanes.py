"""A batch learned in parts by several threads is learned as if by one."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import nn

from archsearch.config import RunSettings, load
from archsearch.data import Pictures
from archsearch.nn import compiled
from archsearch.tasks import make_task
from archsearch.train import fit
from archsearch.train.epoch import Training, train_epoch
from archsearch.train.lanes import ALONE, lanes_for, open_lanes
from archsearch.train.optimizers import make_optimizer

from .made import made_pictures, settings

SPECS = Path(__file__).parents[2] / "specs"
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Exact(Training):
    """In float64, so that another order of sums hardly counts."""

    def pictures(self, indices: torch.Tensor) -> torch.Tensor:
        return super().pictures(indices).double()


def large_pictures() -> Pictures:
    made = made_pictures()
    large_NCHW = made.images_NCHW.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return replace(made, images_NCHW=large_NCHW.contiguous(), fingerprint="large")


def prepared(spec: str, told: RunSettings) -> Exact:
    pictures = large_pictures()
    plan = load(SPECS / f"{spec}.yaml").plan(told.task)
    model = compiled(plan, seed=3).double()
    return Exact(
        model=model,
        optimizer=make_optimizer(model, told.train),
        task=make_task(plan, told, pictures),
        settings=told.train,
        seed=3,
        images_NCHW=pictures.images_NCHW,
        train=pictures.train,
        drop_single=False,
    )


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("spec", ["acml-nine-layer", "unet-thin"])
def test_steps_are_those_of_the_usual_loop(spec, count) -> None:
    """zero_grad, backward, and torch's own Adam, not fused."""
    told = settings(batch_size=40, epochs=1, schedule="constant")
    trained, usual = prepared(spec, told), prepared(spec, told)
    optimizer = torch.optim.Adam(usual.model.parameters(), told.train.lr, foreach=False)
    for indices in usual.batches(1):
        optimizer.zero_grad()
        images_NCHW = usual.pictures(indices)
        nn.functional.mse_loss(usual.model(images_NCHW), images_NCHW).backward()
        optimizer.step()
    with open_lanes(count) as lanes:
        train_epoch(replace(trained, lanes=lanes), 1)
    for one, other in zip(usual.model.parameters(), trained.model.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-8 * float(one.detach().abs().max()))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize(
    ("spec", "task", "loss"),
    [
        ("acml-nine-layer", "reconstruct", "mse"),
        ("unet-thin", "denoise", "huber"),
        ("unet-thin", "colorize-bins", "mse"),
    ],
)
def test_parts_teach_what_the_batch_teaches(spec, task, loss, count) -> None:
    told = settings(task, batch_size=50, epochs=1, loss=loss)
    alone, parted = prepared(spec, told), prepared(spec, told)
    passed = train_epoch(alone, 1)
    with open_lanes(count) as lanes:
        split = train_epoch(replace(parted, lanes=lanes), 1)
    assert split.loss == pytest.approx(passed.loss, rel=1e-8)
    assert split.mse == pytest.approx(passed.mse, rel=1e-8)
    for one, other in zip(alone.model.parameters(), parted.model.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-8 * float(one.detach().abs().max()))


def test_a_training_on_two_threads_repeats_itself_exactly() -> None:
    plan = load(SPECS / "acml-nine-layer.yaml").plan()
    told = settings(epochs=2, batch_size=64)
    first, second = (fit(plan, told, large_pictures(), threads=2) for _ in range(2))
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_batches_are_cut_only_where_pictures_are_strangers() -> None:
    conv = nn.Sequential(nn.Conv2d(3, 3, 1))
    assert lanes_for(conv, 2, 64, CPU) == 2
    assert lanes_for(conv, 8, 64, CPU) == 2, "a part has at least 32 pictures"
    assert lanes_for(conv, 1, 64, CPU) == 1
    assert lanes_for(conv, 2, 64, torch.device("cuda")) == 1
    assert lanes_for(nn.Sequential(conv, nn.BatchNorm2d(3)), 2, 64, CPU) == 1
    assert lanes_for(nn.Sequential(conv, nn.Dropout(0.1)), 2, 64, CPU) == 1


def test_an_error_in_any_part_reaches_the_caller_after_all_have_ended() -> None:
    ended = []

    def work(part: torch.Tensor) -> int:
        if part[0] == 0:
            raise MemoryError("here")
        ended.append(int(part[0]))
        return 0

    with open_lanes(3) as lanes, pytest.raises(MemoryError, match="here"):
        lanes.each(work, lanes.parts(torch.arange(9)))
    assert sorted(ended) == [3, 6]
    assert [len(part) for part in ALONE.parts(torch.arange(9))] == [9]


def test_threads_are_divided_and_given_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    try:
        with open_lanes(2) as lanes, lanes.at_work():
            assert torch.get_num_threads() == 2
            assert lanes.each(lambda _: torch.get_num_threads(), lanes.parts(torch.arange(2))) == [
                2,
                2,
            ]
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(before)
