"""Kinds that archsearch doesn't have, declared here alone: they go wherever its own go."""

from collections.abc import Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from jsonschema import Draft7Validator
from torch import Tensor, nn
from typer.testing import CliRunner

import archsearch
from archsearch.cli.app import app
from archsearch.config import Model
from archsearch.config.schema import schema_text
from archsearch.errors import ExtensionError
from archsearch.nn import build, compiled
from archsearch.nn.rewrite import Step
from archsearch.nn.rewrite.steps import Apply, Convolve
from archsearch.spec import (
    KINDS,
    DiagnosticsError,
    Family,
    ModelPlan,
    Source,
    parse_spec,
    to_yaml,
    trunk_key,
)
from archsearch.spec.kinds import Kind, Op, Problem, ShapeResult, Values
from archsearch.spec.kinds.fields import (
    REQUIRED,
    ChannelCount,
    Field,
    FieldValue,
    PerAxis,
    SameAs,
    Whole,
    Word,
)
from archsearch.spec.schema import model_schema
from archsearch.spec.shape import Pads, Pair, Shape

# --- squeeze-and-excitation (Hu et al. 2018, arXiv 1709.01507) -------------------------


@dataclass(frozen=True, slots=True)
class SqueezeExcite(Op):
    """Each channel times a gate in (0, 1) that all channels' means decide."""

    reduction: int


class Gate(nn.Module):
    """Mean of each channel, two matrices, a sigmoid; then the product."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        hidden = torch.relu(self.squeeze(x_NCHW.mean((2, 3))))
        return x_NCHW * torch.sigmoid(self.excite(hidden))[:, :, None, None]


def squeeze_excite(op: SqueezeExcite, input: Shape) -> nn.Module:
    return Gate(input.channels, input.channels // op.reduction)


def squeeze_excite_rule(values: Values, shape: Shape) -> ShapeResult:
    reduction = values.whole("reduction")
    hidden, over = divmod(shape.channels, reduction)
    problem = Problem(
        "groups-dont-divide",
        f"squeeze_excite can't divide {shape.channels} channels by {reduction}",
        field="reduction",
        label=f"{shape.channels} / {reduction} leaves {over}",
        help=f"use a multiple of {reduction} channels",
        concerns="channels",
    )
    return ShapeResult(
        op=SqueezeExcite(reduction),
        output=shape,
        formula=f"{shape.channels} → {hidden} → {shape.channels} gates",
        params=hidden * (shape.channels + 1) + shape.channels * (hidden + 1),
        macs=2 * hidden * shape.channels,
        sees_all=True,
        problems=(problem,) if over else (),
    )


SQUEEZE_EXCITE = Kind(
    name="squeeze_excite",
    doc="Channels weighed by what the whole picture shows.",
    fields=(Field("reduction", Whole(1), 4, "Channels for each hidden unit."),),
    rule=squeeze_excite_rule,
    module=squeeze_excite,
    shape="unchanged",
    example="squeeze_excite: {reduction: 4}",
    mirror="repeated",
    synonyms={"se_block": "squeeze_excite"},
)

# --- a separable convolution (Chollet 2017, arXiv 1610.02357) --------------------------


@dataclass(frozen=True, slots=True)
class Separable(Op):
    """A depthwise convolution, then a 1×1 one."""

    channels: int
    kernel: Pair
    stride: Pair
    activation: str


def separable(op: Separable, input: Shape) -> nn.Module:
    sides, given = (op.kernel.height // 2, op.kernel.width // 2), input.channels
    return nn.Sequential(
        nn.Conv2d(given, given, op.kernel, op.stride, sides, groups=given),
        nn.Conv2d(given, op.channels, 1),
        nn.ReLU() if op.activation == "relu" else nn.Identity(),
    )


def separable_steps(layer: int, op: Separable, module: nn.Module) -> Iterator[Step]:
    depthwise, pointwise, activation = module.children()
    rows, columns = op.kernel.height // 2, op.kernel.width // 2
    for conv, pads in ((depthwise, Pads(rows, rows, columns, columns)), (pointwise, Pads())):
        assert isinstance(conv, nn.Conv2d)
        yield Convolve(layer, conv, None, pads)
    yield Apply(layer, activation)


def separable_rule(values: Values, shape: Shape) -> ShapeResult:
    channels = values.whole("channels")
    kernel, stride = values.pair("kernel"), values.pair("stride")
    output = Shape(channels, -(-shape.height // stride[0]), -(-shape.width // stride[1]))
    window = kernel.height * kernel.width
    return ShapeResult(
        op=Separable(channels, kernel, stride, values.word("activation")),
        output=output,
        formula=f"{output} from {shape}",
        params=shape.channels * (window + 1) + channels * (shape.channels + 1),
        macs=output.height * output.width * shape.channels * (window + channels),
        window=kernel,
        jump=(stride.height, stride.width),
    )


def separable_mirror(
    op: Separable, input: Shape, output: Shape, up: str
) -> Iterator[tuple[str, Mapping[str, FieldValue]]]:
    if op.stride != (1, 1):
        yield "upsample", {"scale": op.stride}
    yield (
        "separable",
        {"channels": input.channels, "stride": Pair(1, 1), "activation": op.activation},
    )


SEPARABLE = Kind(
    name="separable",
    doc="A depthwise convolution and a 1×1 one.",
    fields=(
        Field("channels", ChannelCount(), REQUIRED, "Channels that come out.", "channels"),
        Field("stride", PerAxis(1), Pair(1, 1), "Rows between windows.", "factor"),
        Field("kernel", PerAxis(1), Pair(3, 3), "Rows of the window; odd.", "window"),
        Field("activation", Word(("none", "relu", "true")), "none", "Nonlinearity after it."),
        Field("unused", PerAxis(1), SameAs("kernel"), "Follows another field.", "window"),
    ),
    rule=separable_rule,
    module=separable,
    steps=separable_steps,
    shape="⌈W/S⌉",
    example="separable: {channels: 8}",
    weighted=True,
    mirror=separable_mirror,
)

TEXT = """\
name: own
input: {channels: auto, height: 8, width: 8}
params: {width: 8, code: 4}
defaults: {separable: {kernel: 5}}
encoder:
  - separable: {channels: $width, stride: 2, activation: relu}
  - squeeze_excite: {reduction: 1}
  - separable: {channels: $code}
  - squeeze_excite:
decoder:
"""
WRITTEN_OUT = """\
  - separable: {channels: $width, activation: relu}
  - upsample: {}
  - squeeze_excite: {reduction: 1}
  - separable: {channels: auto, kernel: 3}
"""


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with archsearch.extended(SQUEEZE_EXCITE, SEPARABLE):
        yield


def family(decoder: str = WRITTEN_OUT, text: str = TEXT) -> Family:
    found = parse_spec(Source("own.yaml", text.rstrip() + ("\n" + decoder if decoder else "")))
    assert found is not None
    return found


def plan(decoder: str = WRITTEN_OUT, **values: Any) -> ModelPlan:
    return Model(family(decoder)).plan(**values)


MIRROR = "  mirror: encoder\n"


def test_outside_of_the_block_the_kinds_are_unknown() -> None:
    source = Source("own.yaml", TEXT + WRITTEN_OUT)
    Context().run(parse_spec, source)
    unknown = [item.message for item in source.diagnostics if item.code == "unknown-kind"]
    assert "there is no layer kind `squeeze_excite`" in unknown
    assert "squeeze_excite" in KINDS
    assert "squeeze_excite" not in KINDS.builtin


@pytest.mark.parametrize("word", ["concat", "residual", "repeat", "block", "name", "when"])
def test_a_name_that_means_something_else_is_refused(word: str) -> None:
    with (
        archsearch.extended(replace(SQUEEZE_EXCITE, name=word)),
        pytest.raises(ExtensionError, match=f"kind `{word}`, which has another meaning") as told,
    ):
        family()
    assert told.value.help == "give it a name of its own"


@pytest.mark.parametrize("decoder", [WRITTEN_OUT, MIRROR])
def test_it_is_built_as_planned_and_rewritten_to_the_same(decoder: str) -> None:
    made = plan(decoder)
    model, fast = build(made, seed=0), compiled(made, seed=0)
    x = torch.rand(2, 3, 8, 8)
    for layer, module in zip(made.layers, [*model.encoder, *model.decoder], strict=True):
        assert sum(p.numel() for p in module.parameters()) == layer.params
    assert model.encode(x).shape == (2, 4, 4, 4)
    assert model(x).shape == x.shape
    torch.testing.assert_close(fast(x), model(x))


def test_its_own_steps_are_what_runs() -> None:
    fast = compiled(plan(), seed=0)
    assert sum(isinstance(step, Convolve) for step in fast._steps["encoder"]) == 4


@pytest.mark.parametrize("decoder", [WRITTEN_OUT, MIRROR])
def test_it_is_written_back_as_it_was_made(decoder: str) -> None:
    made = plan(decoder, width=12)
    text = to_yaml(made)
    again = Model(family("", text)).plan()
    assert again.key == made.key
    assert trunk_key(again) == trunk_key(made)
    assert to_yaml(again) == text
    assert "  - separable: {channels: 12, stride: 2, kernel: 5, activation: relu}\n" in text
    assert "  - squeeze_excite: {}\n" in text


def test_a_word_that_yaml_would_misread_is_written_in_quotes() -> None:
    made = Model(family(text=TEXT.replace("activation: relu", 'activation: "true"'))).plan()
    assert 'activation: "true"' in to_yaml(made)
    assert Model(family("", to_yaml(made))).plan().key == made.key


def test_the_mirror_asks_its_own_rule_and_repeats_what_only_gates() -> None:
    made = plan(MIRROR)
    layers = made.decoder
    kinds = [layer.kind for layer in layers]
    assert kinds == ["separable", "squeeze_excite", "upsample", "separable", "squeeze_excite"]
    assert layers[0].op == Separable(8, Pair(5, 5), Pair(1, 1), "none")  # kernel: of `defaults`
    assert layers[1].op == SqueezeExcite(4)
    assert made.auto_output == layers[3].index
    assert layers[3].output.channels == 3


def test_the_trunk_is_all_but_the_size_of_its_code() -> None:
    narrow, wide, other = plan(code=4), plan(code=8), plan(width=16)
    assert narrow.key != wide.key
    assert trunk_key(narrow) == trunk_key(wide)
    assert trunk_key(narrow) != trunk_key(other)


def test_only_what_says_so_counts_in_the_depth() -> None:
    assert plan().encoder_depth == 2


def test_its_problem_is_told_at_its_field() -> None:
    with pytest.raises(DiagnosticsError) as told:
        plan(code=6)
    (problem,) = told.value.diagnostics
    assert (problem.code, problem.span and problem.span.line) == ("groups-dont-divide", 9)


def test_after_a_mistake_its_roles_say_what_is_a_guess() -> None:
    text = TEXT.replace("$code", "$(code * 0)")  # so what divides its channels is unknown
    resolution = Model(family(text=text)).resolve(values={"width": 6})
    assert [item.code for item in resolution.diagnostics] == ["expression-value"]


def test_another_word_for_it_is_understood() -> None:
    source = Source("own.yaml", TEXT.replace("squeeze_excite: {", "se_block: {") + WRITTEN_OUT)
    parse_spec(source)
    (problem,) = source.diagnostics
    assert problem.help == "did you mean `squeeze_excite`?"


def test_it_is_in_the_schema_but_not_in_the_committed_one() -> None:
    data = {"input": {"channels": 3, "height": 8, "width": 8}, "decoder": "mirror"}
    validator = Draft7Validator(model_schema())
    assert validator.is_valid({**data, "encoder": [{"squeeze_excite": {"reduction": 2}}]})
    assert not validator.is_valid({**data, "encoder": [{"squeeze_excite": {"reduction": 0}}]})
    assert "squeeze_excite" in schema_text("model")
    assert "squeeze_excite" not in schema_text("model", builtin=True)


def test_show_tells_of_it(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(TEXT + WRITTEN_OUT)
    shown = CliRunner().invoke(app, ["show", str(tmp_path / "own.yaml")], env={"COLUMNS": "120"})
    assert shown.exit_code == 0
    assert "4 → 1 → 4 gates" in shown.output


def test_a_plan_keeps_its_kinds_when_the_block_is_over() -> None:
    made = plan()
    model = Context().run(build, made, seed=0)
    assert model(torch.rand(1, 3, 8, 8)).shape == (1, 3, 8, 8)
    assert "squeeze_excite" in Context().run(to_yaml, made)
