"""The Python file computes what the net does, bit for bit, whatever the net is made of."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from math import inf
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from torch import nn

from archsearch.config import Model, load
from archsearch.errors import InputError
from archsearch.export.contract import Contract
from archsearch.export.expressions import NoExpressionError, expression
from archsearch.export.python_module import python_module
from archsearch.extensions import extended
from archsearch.nn import Autoencoder, build
from archsearch.spec import KINDS, ModelPlan, Source, parse_spec
from tests.spec.strategies import specs

GALLERY = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
CONTRACT = Contract("a task", "pictures", "pictures", "Trained.")
SOME, MANY = 60, 1000


def plan_of(text: str) -> ModelPlan | None:
    source = Source("drawn.yaml", text)
    family = parse_spec(source)
    assert family is not None, [item.message for item in source.diagnostics]
    return Model(family).resolve().plan


def changed(plan: ModelPlan) -> Autoencoder:
    """A net in eval mode whose norms aren't 1 and 0, which would hide a mix-up."""
    model = build(plan, seed=0).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in [*model.parameters(), *model.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return model


def same_outputs(plan: ModelPlan) -> str:
    """Run the file's code beside the net; gives the text."""
    model = changed(plan)
    written = python_module(model, CONTRACT, "weights.safetensors")
    names: dict[str, object] = {"__file__": "model.py"}
    exec(compile(written.text, "model.py", "exec"), names)  # noqa: S102 - what a user imports
    made: nn.Module = names["Autoencoder"]()  # type: ignore[operator]
    weights = {written.renamed(name): value for name, value in model.state_dict().items()}
    assert len(weights) == len(model.state_dict())
    made.load_state_dict(weights)
    images_NCHW = torch.rand(3, *plan.input.as_tuple())
    with torch.no_grad():
        assert torch.equal(made.eval()(images_NCHW), model(images_NCHW))
        latent = made.encode(images_NCHW)
        latent = latent[0] if isinstance(latent, tuple) else latent
        assert torch.equal(latent, model.encode(images_NCHW))
    return written.text


@pytest.mark.parametrize("path", GALLERY, ids=[path.stem for path in GALLERY])
def test_the_file_of_each_spec_gives_the_same_numbers(path: Path) -> None:
    text = same_outputs(load(path).plan())
    assert max(map(len, text.splitlines())) <= 100


def campaign(examples: int) -> Counter[str]:
    found: Counter[str] = Counter()

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(specs)
    def run(text: str) -> None:
        plan = plan_of(text)
        if plan is not None:
            same_outputs(plan)
            found.update(layer.kind for layer in plan.layers)

    run()
    return found


def test_files_of_random_specs_give_the_same_numbers() -> None:
    campaign(SOME)


@pytest.mark.full
def test_files_of_many_random_specs_give_the_same_numbers() -> None:
    found = campaign(MANY)
    assert {*KINDS.builtin, "concat", "add", "residual"} <= set(found)


JOINS_AT_THEIR_LIMITS = """
input: {channels: 2, height: 8, width: 8}
encoder:
- parallel: {branches: [[conv: {channels: 4}]]}
- pool: {padding: 1}
  name: p
- parallel: {branches: [[], []]}
decoder:
- conv: {channels: 4}
- unpool: p
- parallel: {branches: [[conv: {channels: 2}]], join: add}
"""


def test_one_branch_and_places_of_a_padded_pool_are_written() -> None:
    plan = plan_of(JOINS_AT_THEIR_LIMITS)
    assert plan is not None
    same_outputs(plan)


@pytest.mark.parametrize("kind", KINDS.builtin)
def test_every_kind_is_written(kind: str) -> None:
    plan = plan_of(
        "input: {channels: 2, height: 5, width: 4}\nencoder:\n"
        f"- conv: {{channels: 8}}\n- {KINDS[kind].example}\n"
        "decoder:\n- dense: {shape: [2, 5, 4]}\n"
    )
    assert plan is not None
    same_outputs(plan)


JOINS = """
name: joins
input: {channels: 2, height: 8, width: 8}
encoder:
  - conv: {channels: 4}
    name: class
  - concat: input
  - conv: {channels: 4}
    name: x
  - add: class
  - residual: {layers: [conv: {channels: 6, stride: 2, norm: batch}]}
    name: half
decoder:
  - concat: half
  - pool: {kernel: 2, stride: 1, padding: same, mode: avg}
  - upsample: {}
  - add: x_up
  - concat: input
  - conv: {channels: 2}
"""


def test_joins_of_every_sort_are_written() -> None:
    text = JOINS.replace("  - add: x_up\n", "  - conv: {channels: 4}\n  - add: x\n")
    plan = plan_of(text)
    assert plan is not None
    written = same_outputs(plan)
    assert "def decode(self, latent: Tensor, images: Tensor, layer_3: Tensor)" in written
    assert "class RealPixelAverage(nn.Module)" in written


def test_names_in_the_file_can_do_no_harm() -> None:
    text = 'name: "a\\"\\"\\" + b\\\\"\ndescription: "x\\n\\"\\"\\"; import os"\n'
    text += "input: {channels: 2, height: 4, width: 4}\nencoder:\n- conv: {channels: 2}\n"
    plan = plan_of(text + "decoder:\n- conv: {channels: 2}\n")
    assert plan is not None
    assert "import os" in same_outputs(plan).split('"""')[1]


def test_layers_read_as_a_person_writes_them() -> None:
    text = same_outputs(load(GALLERY[0]).plan())
    assert GALLERY[0].stem == "acml-nine-layer"
    assert (
        "        self.encoder = nn.Sequential(\n"
        "            nn.Conv2d(3, 8, 3, padding=1),\n"
        "            nn.ReLU(),  # 8×32×32\n"
        "            nn.MaxPool2d(2),  # 8×16×16\n"
    ) in text
    assert "        return self.decode(self.encode(images))\n" in text


class Own(nn.Module):
    """What torch doesn't have."""


@pytest.mark.parametrize(
    ("module", "written"),
    [
        (nn.Conv2d(4, 8, (3, 1), bias=False), "nn.Conv2d(4, 8, (3, 1), bias=False)"),
        (nn.ConvTranspose2d(2, 2, 3, stride=2), "nn.ConvTranspose2d(2, 2, 3, stride=2)"),
        (nn.LeakyReLU(0.2), "nn.LeakyReLU(negative_slope=0.2)"),
        (nn.LayerNorm((8, 8)), "nn.LayerNorm((8, 8))"),
        (nn.Upsample(scale_factor=2), "nn.Upsample(scale_factor=2)"),
        (nn.Upsample(scale_factor=(2, 1.5)), "nn.Upsample(scale_factor=(2, 1.5))"),
        (nn.MaxPool2d(3, 2, ceil_mode=True), "nn.MaxPool2d(3, stride=2, ceil_mode=True)"),
        (nn.AvgPool2d(2, count_include_pad=False), "nn.AvgPool2d(2, count_include_pad=False)"),
        (nn.GELU("tanh"), 'nn.GELU(approximate="tanh")'),
        (nn.ConstantPad2d((0, 1, 0, 1), -inf), 'nn.ConstantPad2d((0, 1, 0, 1), float("-inf"))'),
    ],
)  # fmt: skip
def test_a_module_is_the_call_that_makes_it(module: nn.Module, written: str) -> None:
    assert expression(module) == written


@pytest.mark.parametrize("module", [Own(), nn.LSTM(2, 2), nn.ModuleList(), nn.Sequential()])
def test_what_isnt_a_plain_layer_of_torch_is_refused(module: nn.Module) -> None:
    with pytest.raises(NoExpressionError):
        expression(module)


def test_an_extensions_kind_with_a_module_of_its_own_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "extension"))
    kind = import_module("archsearch_example.squeeze_excite").SQUEEZE_EXCITE

    text = "input: {channels: 2, height: 4, width: 4}\nencoder:\n- conv: {channels: 8}\n"
    text += "- squeeze_excite: {reduction: 4}\ndecoder:\n- conv: {channels: 2}\n"
    with extended(kind):
        plan = plan_of(text)
        assert plan is not None
        with pytest.raises(InputError) as caught:
            python_module(build(plan), CONTRACT, "w")
    assert caught.value.what == (
        "encoder[1].squeeze_excite can't be written as plain PyTorch: `squeeze_excite` runs "
        "_Excitation, which isn't one of torch's own modules"
    )
    assert "--to onnx" in caught.value.help


def test_a_code_that_is_flat_already_is_not_flattened() -> None:
    text = same_outputs(load(GALLERY[0].parent / "dense-code.yaml").plan())
    assert text.count("nn.Flatten()") == 1, "the encoder's"
    assert "        self.decoder = nn.Sequential(\n            nn.Linear(" in text


def test_parameters_of_many_skips_have_a_line_each() -> None:
    skips = [f"- {{conv: {{channels: 2}}, name: skip_{number}}}\n" for number in range(5)]
    joins = [f"- concat: skip_{number}\n" for number in range(5)]
    plan = plan_of(
        "input: {channels: 2, height: 4, width: 4}\nencoder:\n"
        + "".join([*skips, "- pool: {}\ndecoder:\n- upsample: {}\n", *joins])
        + "- conv: {channels: 2}\n"
    )
    assert plan is not None
    text = same_outputs(plan)
    assert "    def decode(\n        self,\n        latent: Tensor,\n" in text
    assert "        skip_4: Tensor,\n    ) -> Tensor:\n" in text
    assert max(map(len, text.splitlines())) <= 100
