"""What comes in and goes out: pictures, threads, dropout, standardization."""

from dataclasses import replace

import numpy as np
import pytest

from archsearch.config import load
from archsearch.engine import Engine
from archsearch.engine.library import Library
from archsearch.engine.machine import host
from archsearch.spec.shape import Shape

from .nets import LANES, both, kernels, plan_of

SMALL = ["conv: {channels: 4, activation: relu}", "pool: {}"]
PICTURES = np.random.default_rng(3).integers(0, 256, (40, 8, 8, 2), dtype=np.uint8)
NUMBERS = (PICTURES.transpose(0, 3, 1, 2) / 255).astype(np.float32)


def engine_of(decoder: list[str] | None = None, lanes: int = 8, **options: object) -> Engine:
    plan = plan_of([*SMALL, *(decoder or [])], [], "sigmoid")
    engine = Engine(plan, kernels=kernels(lanes, "float32"), **options)  # type: ignore[arg-type]
    random = np.random.default_rng(1)
    for parameter in engine.parameters.values():
        parameter[...] = random.normal(0, 0.3, parameter.shape)
    return engine


def bits(engine: Engine) -> list[bytes]:
    return [gradient.tobytes() for gradient in engine.gradients.values()]


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("count", [1, 15, 16, 40])
def test_bytes_are_the_same_as_numbers(lanes: int, count: int) -> None:
    engine, ids = engine_of(lanes=lanes), np.arange(40)[::-1][:count].copy()
    losses = [engine.step(PICTURES, ids=ids)]
    first = bits(engine)
    losses.append(engine.step(NUMBERS[ids]))
    assert (losses[0], first) == (losses[1], bits(engine))
    np.testing.assert_array_equal(engine.forward(PICTURES, ids=ids), engine.forward(NUMBERS[ids]))


def test_every_byte_is_divided_by_255_as_numpy_does() -> None:
    engine = engine_of()
    pictures = np.resize(np.arange(256, dtype=np.uint8), (3, 8, 8, 2))
    given = np.empty((3, 2, 8, 8), np.float32)
    net = ["conv: {channels: 2, kernel: 1, bias: false}"]
    copy = Engine(plan_of(net, []), kernels=engine._library)
    copy.parameters["encoder.0.conv.weight"][...] = np.eye(2).reshape(2, 2, 1, 1)
    given = copy.codes(pictures)
    np.testing.assert_array_equal(given, pictures.transpose(0, 3, 1, 2) / np.float32(255))


def test_pictures_of_few_bytes() -> None:
    from archsearch.config import Model
    from archsearch.spec import Source, parse_spec

    text = "input: {channels: 2, height: 2, width: 2}\nencoder: [dense: {size: 3}]\n"
    family = parse_spec(Source("tiny.yaml", text + "decoder: [dense: {shape: [2, 2, 2]}]\n"))
    assert family is not None
    engine = Engine(Model(family).plan(picture_channels=2), kernels=kernels(8, "float32"))
    pictures = PICTURES[:5, :2, :2].copy()
    assert engine.step(pictures) == pytest.approx((pictures / 255.0).__pow__(2).mean())


def test_a_target_may_be_bytes_or_numbers() -> None:
    engine, fed = engine_of(), NUMBERS[::-1].copy()
    assert engine.step(fed, NUMBERS) == engine.step(fed, PICTURES)
    assert engine.step(fed, fed) == engine.step(fed)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_equal_threads_give_equal_bits(threads: int) -> None:
    one, other = engine_of(threads=threads), engine_of(threads=threads)
    losses = {engine.step(PICTURES) for engine in (one, other, one)}
    assert len(losses) == 1
    assert bits(one) == bits(other)


def test_more_threads_than_blocks() -> None:
    many, one = engine_of(threads=3), engine_of()
    assert many.step(NUMBERS[:3]) == one.step(NUMBERS[:3])
    assert many.step(NUMBERS[:3]) == one.step(NUMBERS[:3])


def test_a_batch_after_a_larger_one() -> None:
    for layers in ([], ["norm: batch"]):
        engine, fresh = engine_of(layers), engine_of(layers)
        engine.step(NUMBERS)
        assert engine.step(NUMBERS[:9]) == fresh.step(NUMBERS[:9])
        assert bits(engine) == bits(fresh)


def test_what_is_fed_is_standardized_and_the_target_is_not() -> None:
    mean, spread = (0.4, 0.6), (0.25, 0.0)
    engine, plain = engine_of(standardization=(mean, spread)), engine_of()
    shifted = (NUMBERS - np.reshape(mean, (2, 1, 1))) / np.reshape((0.25, 1.0), (2, 1, 1))
    assert engine.step(PICTURES) == pytest.approx(plain.step(shifted, NUMBERS), rel=1e-6)
    np.testing.assert_allclose(engine.codes(PICTURES), plain.codes(shifted), atol=1e-6)


def test_dropout_drops_its_share_and_scales_the_rest() -> None:
    plan = plan_of(["conv: {channels: 2, kernel: 1, bias: false}", "dropout: 0.3"], [])
    engine = Engine(plan, kernels=kernels(16, "float32"))
    engine.parameters["encoder.0.conv.weight"][...] = np.eye(2).reshape(2, 2, 1, 1)
    last = engine.parameters["decoder.0.linear.weight"]
    last[...] = np.eye(128)
    ones, output = np.ones((500, 2, 8, 8), np.float32), np.empty((500, 2, 8, 8), np.float32)
    engine.step(ones, output=output, seed=1)
    assert set(np.unique(output).round(5)) == {0.0, np.float32(1 / 0.7).round(5)}
    share = (output == 0).mean(axis=0)
    assert abs(share.mean() - 0.3) < 0.01
    assert abs(share - 0.3).max() < 0.12  # 500 draws: 5.8 standard deviations
    assert abs(np.corrcoef(output.reshape(500, -1)[:, :40].T) - np.eye(40)).max() < 0.25
    # The gradient goes where the number went: that of a mean square at 1 is twice the share.
    kept = output != 0
    gradient = engine.gradients["encoder.0.conv.weight"][:, :, 0, 0]
    slope = 2 * (output - 1) / output.size / 0.7
    np.testing.assert_allclose(gradient.diagonal(), (slope * kept).sum((0, 2, 3)), rtol=1e-4)
    np.testing.assert_array_equal(engine.forward(ones), ones)


def test_dropout_follows_from_seed_layer_and_place_alone() -> None:
    layers = ["dropout: 0.5", "dropout: 0.5"]
    one, other = engine_of(layers), engine_of(layers, threads=3, lanes=16)
    outputs = [np.empty(NUMBERS.shape, np.float32) for _ in range(4)]
    one.step(NUMBERS, seed=1, output=outputs[0])
    one.step(NUMBERS, seed=2, output=outputs[1])
    one.step(NUMBERS, seed=1, output=outputs[2])
    other.step(NUMBERS, seed=1, output=outputs[3])
    assert not np.array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])
    np.testing.assert_allclose(outputs[0], outputs[3], atol=1e-6)
    single = engine_of(["dropout: 0.5"])
    single.step(NUMBERS, seed=1, output=outputs[3])
    assert not np.allclose(outputs[0], outputs[3])


def test_running_moments_move_as_torchs_do() -> None:
    plan = plan_of([*SMALL, "norm: batch"], ["conv: {channels: 2, norm: batch}"])
    pair = both(plan, pictures=9, threads=2)
    for _ in range(3):
        pair.step()
    wanted = pair.model.state_dict()
    for name, own in pair.engine.buffers.items():
        np.testing.assert_allclose(own, wanted[name].numpy(), rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"fed": PICTURES[:, ::-1]}, "must lie in memory as N×H×W×C"),
        ({"fed": PICTURES[..., :1].copy()}, "bytes must be N×8×8×2, and these are 40×8×8×1"),
        ({"fed": NUMBERS[:, :1]}, "numbers must be n×2×8×8, and these are 40×1×8×8"),
        ({"fed": NUMBERS[:0]}, "at least one picture"),
        ({"fed": PICTURES, "ids": np.array([3, 40])}, "ids are from 3 to 40, of 40 pictures"),
        ({"fed": PICTURES, "ids": np.array([-1])}, "ids are from -1 to -1"),
        ({"fed": NUMBERS, "ids": np.arange(3)}, "3 ids, and 40 pictures"),
        ({"fed": NUMBERS, "target": NUMBERS[:9]}, "40 pictures are fed, and 9 are targets"),
        ({"fed": NUMBERS, "target": NUMBERS[:, :, :4]}, "these are 40×2×4×8"),
        ({"fed": NUMBERS, "output": np.empty_like(NUMBERS[:9])}, "float32 array of 40×2×8×8"),
        ({"fed": NUMBERS, "output": NUMBERS.astype(np.float64)}, "float32 array of 40×2×8×8"),
        ({"fed": NUMBERS, "output": np.empty_like(NUMBERS)[::-1]}, "contiguous"),
    ],
)
def test_what_does_not_fit_is_told_before_a_kernel_reads_it(arguments: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        engine_of().step(**arguments)


def test_codes_that_do_not_fit_are_refused() -> None:
    engine = engine_of()
    decoded = engine.decode(engine.codes(NUMBERS))
    np.testing.assert_allclose(decoded, engine.forward(NUMBERS), atol=1e-6)
    with pytest.raises(ValueError, match="must be n×4×4×4, and these are 40×2×8×8"):
        engine.decode(NUMBERS)


def test_other_channels_out_than_in_need_a_target() -> None:
    plan = plan_of(SMALL, [])
    one_channel = replace(plan.layers[0], input=Shape(1, 8, 8))
    plan = replace(plan, input=Shape(1, 8, 8), layers=(one_channel, *plan.layers[1:]))
    with pytest.raises(ValueError, match="what is fed is 1×8×8, the output 2×8×8"):
        Engine(plan, kernels=kernels(8, "float32")).step(NUMBERS[:, :1])


def test_a_plan_is_loaded_by_the_names_of_torch() -> None:
    engine = Engine(load("specs/residual.yaml").plan(), kernels=kernels(16, "float32"))
    with pytest.raises(KeyError):
        engine.load({})


@pytest.mark.parametrize("name", ["generic", "unheard-of"])
def test_a_processor_that_llvm_does_not_know_by_name(name: str) -> None:
    """What its vectors can do is asked apart."""
    here = host()
    assert here is not None
    losses = []
    for cpu in (here.cpu, name):
        machine = replace(here, cpu=cpu)
        library = Library(machine, machine.lanes(4), np.dtype("float32"), None)
        engine = Engine(plan_of(SMALL, [], "sigmoid"), kernels=library)
        engine.load({key: np.full_like(x, 0.1) for key, x in engine.parameters.items()})
        losses.append(engine.step(PICTURES))
        assert library.compiled > 0
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
