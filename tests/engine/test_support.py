"""What the engine doesn't take, told in words."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archsearch.config import Model, load
from archsearch.engine import Engine, machine, unsupported
from archsearch.spec import Source, parse_spec
from archsearch.spec.kinds import KINDS
from archsearch.spec.plan.model import ModelPlan

from .nets import plan_of


@pytest.fixture(scope="module")
def plan() -> ModelPlan:
    return load("specs/acml-nine-layer.yaml").plan()


def test_a_plain_net_is_taken(plan: ModelPlan) -> None:
    assert unsupported(plan, "mse") is None


def test_another_loss(plan: ModelPlan) -> None:
    assert unsupported(plan, "ssim") == "its loss is ssim; the engine has mse, l1, huber, bce"
    with pytest.raises(ValueError, match="doesn't train 'acml-nine-layer': its loss is ssim"):
        Engine(plan, loss="ssim")


def test_a_net_without_weights() -> None:
    nothing = replace(
        plan_of(["activation: relu"], []), layers=plan_of(["pool: {}"], []).layers[:1]
    )
    assert unsupported(nothing, "mse") == "it has nothing to train"


def test_tensors_whose_places_need_more_than_32_bits() -> None:
    def large(side: int) -> ModelPlan:
        lines = f"name: large\ninput: {{channels: 1, height: {side}, width: {side}}}\n"
        lines += "encoder: [conv: {channels: 31}]\ndecoder: [conv: {channels: 1}]\n"
        family = parse_spec(Source("large.yaml", lines))
        assert family is not None
        return Model(family).plan()

    assert unsupported(large(1024), "mse") is None
    told = "its layers give 33,620,000 numbers a picture; the engine takes 33,554,432"
    assert unsupported(large(1025), "mse") == told


def test_a_kind_from_outside(plan: ModelPlan) -> None:
    """Even one that gives the built-in ops: its module may do something else."""
    first = plan.layers[0]
    foreign = replace(first, type=replace(KINDS["conv"], name="swish_conv"))
    outside = replace(plan, layers=(foreign, *plan.layers[1:]))
    told = unsupported(outside, "mse")
    assert told == "its layer encoder[0].conv is of the kind swish_conv, which isn't built in"
    same_word = replace(first, type=replace(KINDS["conv"]))
    assert unsupported(replace(plan, layers=(same_word, *plan.layers[1:])), "mse") is not None


@pytest.mark.parametrize(("field", "word"), [("activation", "prelu"), ("norm", "weight")])
def test_a_word_that_is_newer_than_the_engine(plan: ModelPlan, field: str, word: str) -> None:
    first = plan.layers[0]
    newer = replace(first, op=replace(first.op, **{field: word}))
    told = unsupported(replace(plan, layers=(newer, *plan.layers[1:])), "mse")
    assert told == f"its layer encoder[0].conv has the {field} {word}"


def test_every_kind_is_taken() -> None:
    """A new kind must be added here, or told of in ``unsupported``."""
    from archsearch.engine.translate import LAYERS

    assert len(LAYERS) == len(KINDS.builtin) - len({"resize"})


def test_without_llvmlite(plan: ModelPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    assert unsupported(plan, "mse") == "llvmlite isn't installed"


def test_a_processor_without_wide_vectors(plan: ModelPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding as llvm

    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: {"sse2": True, "avx2": False})
    monkeypatch.setattr(llvm, "get_process_triple", lambda: "x86_64-unknown-linux-gnu")
    machine.host.cache_clear()
    try:
        assert "no vectors that the engine knows" in str(unsupported(plan, "mse"))
    finally:
        monkeypatch.undo()
        machine.host.cache_clear()


@pytest.mark.parametrize(
    ("features", "triple", "found"),
    [
        ({"avx512f": True, "avx512vl": True}, "x86_64-a", (64, 32)),
        ({"avx2": True, "fma": True}, "x86_64-a", (32, 16)),
        ({"avx2": True, "fma": False}, "x86_64-a", None),
        ({}, "aarch64-apple-darwin", (16, 32)),
    ],
)
def test_processors(features: dict, triple: str, found: tuple | None, monkeypatch) -> None:
    import llvmlite.binding as llvm

    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: features)
    monkeypatch.setattr(llvm, "get_process_triple", lambda: triple)
    machine.host.cache_clear()
    try:
        here = machine.host()
    finally:
        machine.host.cache_clear()
    told = here and (here.vector_bytes, here.registers)
    assert told == found


def test_the_engine_is_imported_without_llvmlite() -> None:
    import subprocess

    code = "import sys; sys.modules['llvmlite'] = None; import archsearch.engine as e; "
    code += "print(e.unsupported.__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "archsearch.engine.support\n"


def test_a_library_that_can_not_be_loaded(
    plan: ModelPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where memory is short, or a file of the package is lost: told, not raised."""
    package = tmp_path / "llvmlite"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "binding.py").write_text("raise OSError('no libllvmlite.so. Try again')")
    for name in [name for name in sys.modules if name.split(".")[0] == "llvmlite"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    assert unsupported(plan, "mse") == "llvmlite can't be loaded (no libllvmlite.so)"
