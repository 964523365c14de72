"""What the language means: families, blocks, choices, names, mirrors, auto, shortcuts."""

import json
from pathlib import Path

import pytest

from archsearch.config.model import Model
from archsearch.printable import printable
from archsearch.spec import ModelPlan, Raw, Source, parse_spec, to_yaml
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.kinds.residual import Residual

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
FOOT = "decoder:\n  - conv: {channels: auto}\n"


def model(text: str) -> Model:
    source = Source("f.yaml", text)
    family = parse_spec(source)
    assert not source.has_errors, source.diagnostics
    assert family is not None
    return Model(family)


def plan_of(
    encoder: str,
    decoder: str = FOOT,
    above: str = "",
    size: tuple[int, int] = (32, 32),
    **params: Raw,
) -> ModelPlan:
    head = f"input: {{channels: auto, height: {size[0]}, width: {size[1]}}}\n"
    return model(f"{head}{above}encoder:\n{encoder}{decoder}").plan(values=params)


def codes(text: str) -> list[str]:
    source = Source("f.yaml", text)
    family = parse_spec(source)
    found = source.diagnostics if family is None else Model(family).resolve().diagnostics
    return [item.code for item in found]


# --- families -------------------------------------------------------------------


def test_a_param_stands_for_its_default_until_it_is_set():
    encoder = "  - conv: {channels: $width}\n"
    above = "params: {width: 8}\n"
    assert plan_of(encoder, above=above).latent.channels == 8
    assert plan_of(encoder, above=above, width=24).latent.channels == 24


def test_a_loop_counts_from_0_and_may_be_empty():
    encoder = (
        "  - repeat: {times: $n, as: i, layers: [conv: {channels: $(4 * 2 ** i)}]}\n"
        "  - conv: {channels: 5}\n"
    )
    for times, channels in ((0, [5]), (1, [4, 5]), (3, [4, 8, 16, 5])):
        plan = plan_of(encoder, above="params: {n: 1}\n", n=times)
        assert [layer.output.channels for layer in plan.encoder] == channels


def test_loops_nest():
    encoder = (
        "  - repeat:\n      times: 2\n      as: i\n      layers:\n"
        "        - repeat:\n            times: $(i + 1)\n            as: j\n            layers:\n"
        "              - conv: {channels: $(10 * i + j + 1)}\n"
    )
    assert [layer.output.channels for layer in plan_of(encoder).encoder] == [1, 11, 12]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "conv"), (True, "pool"), ("1", "dropout"), (1.0, "conv"), ("x", "activation")],
)
def test_choose_tells_values_apart_by_type(value: Raw, kind: str):
    encoder = (
        "  - choose:\n      by: $v\n      of:\n"
        "        1: [conv: {channels: 3}]\n        true: [pool: {kernel: 1}]\n"
        "        'x': [activation: relu]\n        '1': [dropout: 0.1]\n"
    ).replace("        '1'", '        "1"')
    if value == "1":
        encoder = encoder.replace("        1: [conv: {channels: 3}]\n", "")
    else:
        encoder = encoder.replace('        "1": [dropout: 0.1]\n', "")
    assert plan_of(encoder, above="params: {v: x}\n", v=value).encoder[0].kind == kind


def test_when_leaves_a_layer_out():
    encoder = "  - conv: {channels: 4}\n  - conv: {channels: 8}\n    when: $(n > 1)\n"
    for n, layers in ((1, 1), (2, 2)):
        assert len(plan_of(encoder, above="params: {n: 1}\n", n=n).encoder) == layers


def test_a_block_has_its_own_params_and_names():
    above = (
        "params: {width: 6}\n"
        "blocks:\n  two:\n    params: {c: 4}\n    layers:\n"
        "      - conv: {channels: $c}\n        name: inner\n"
        "      - conv: {channels: $width}\n"
        "      - concat: inner\n"
    )
    encoder = (
        "  - block: {use: two}\n    name: first\n"
        "  - block: {use: two, c: $(width + 1)}\n"
        "  - concat: first.inner\n"
    )
    channels = [layer.output.channels for layer in plan_of(encoder, above=above).encoder]
    assert channels == [4, 6, 10, 7, 6, 13, 17]


LOCAL = (
    "blocks:\n  one:\n    layers:\n      - {conv: {channels: 2}, name: inner}\n      - add: inner\n"
)
HEAD = "input: {channels: auto, height: 8, width: 8}\n"


def test_a_block_may_be_used_twice_without_a_name():
    plan = plan_of("  - block: {use: one}\n  - block: {use: one}\n", above=LOCAL)
    assert [layer.op.source for layer in plan.encoder if layer.kind == "add"] == [1, 3]  # type: ignore[union-attr]
    assert all(layer.name is None for layer in plan.layers)
    assert model(to_yaml(plan)).plan().key == plan.key


@pytest.mark.parametrize(
    ("uses", "found"),
    [
        ("  - block: {use: one}\n  - add: inner\n", ["layer-not-there"]),
        ("  - block: {use: one}\n    name: a\n  - add: a.inner\n", []),
        ("  - block: {use: one}\n    name: latent\n", ["bad-name"]),
        (2 * "  - block: {use: one}\n    name: a\n", ["duplicate-name"]),
        (
            "  - conv: {channels: 4}\n    name: a\n  - block: {use: one}\n    name: a\n",
            ["duplicate-name"],
        ),
        ("  - block: {use: one}\n    name: a\n  - add: a\n", ["unknown-layer"]),
    ],
)
def test_names_of_blocks_are_local(uses: str, found: list[str]):
    assert codes(f"{HEAD}{LOCAL}encoder:\n{uses}{FOOT}") == found


def test_names_embed_an_index_and_joins_find_them():
    encoder = (
        "  - repeat:\n      times: 3\n      as: i\n      layers:\n"
        "        - conv: {channels: $(i + 1)}\n          name: skip_$(i)\n"
        "  - concat: skip_$(2 - 1)\n  - concat: input\n"
    )
    plan = plan_of(encoder)
    assert [layer.name for layer in plan.encoder][:3] == ["skip_0", "skip_1", "skip_2"]
    assert plan.encoder[3].op.source == 2  # type: ignore[union-attr]
    assert plan.encoder[4].op.source == 0  # type: ignore[union-attr]
    assert plan.latent.channels == 3 + 2 + 3


def test_values_come_from_the_layer_then_defaults_then_the_table():
    plan = plan_of(
        "  - conv: {channels: 4, activation: none}\n  - conv: {channels: 4}\n  - pool:\n",
        above="defaults:\n  conv: {kernel: 5, activation: relu}\n  pool: {mode: avg}\n",
        decoder="decoder:\n  - upsample: {}\n  - conv: {channels: auto, kernel: 1}\n",
    )
    first, second, pool = (layer.op for layer in plan.encoder)
    assert isinstance(first, Conv)
    assert isinstance(second, Conv)
    assert (first.kernel, first.activation, first.stride) == ((5, 5), "none", (1, 1))
    assert (second.kernel, second.activation) == ((5, 5), "relu")
    assert (pool.kernel, pool.stride, pool.mode) == ((2, 2), (2, 2), "avg")  # type: ignore[union-attr]


def test_a_written_name_is_printable_and_the_same():
    name = 'a\x1b[31m\x7f\x9b\u202e\u2028\n\U000e0001 "b"'
    quoted = printable(json.dumps(name, ensure_ascii=False))
    text = f"name: {quoted}\n{HEAD}encoder:\n  - conv: {{channels: 2}}\n{FOOT}"
    written = to_yaml(model(text).plan())
    assert all(line.isprintable() for line in written.split("\n"))
    assert model(written).name == name


# --- auto -----------------------------------------------------------------------


def test_auto_is_what_the_task_wants():
    plan = plan_of("  - conv: {channels: 4}\n", size=(8, 8))
    assert (plan.input.channels, plan.output.channels, plan.auto_output) == (3, 3, 2)
    gray = model(to_yaml(plan)).plan(picture_channels=1)
    assert (gray.input.channels, gray.output.channels) == (1, 1)


@pytest.mark.parametrize(("scales", "channels"), [([2], 12), ([3], 27), ([2, 2], 48)])
def test_a_later_pixel_shuffle_multiplies_auto(scales: list[int], channels: int):
    factor = 1
    for scale in scales:
        factor *= scale
    shuffles = "".join(f"  - pixel_shuffle: {{scale: {scale}}}\n" for scale in scales)
    plan = plan_of(
        f"  - conv: {{channels: 4}}\n  - pool: {{kernel: {factor}}}\n",
        decoder=f"decoder:\n  - conv: {{channels: auto}}\n  - activation: relu\n{shuffles}",
        size=(36, 36),
    )
    assert plan.decoder[0].output.channels == channels
    assert plan.output.as_tuple() == (3, 36, 36)


# --- residual, leaks ------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "stride"),
    [
        ("conv: {channels: 3}", None),
        ("conv: {channels: 8}", (1, 1)),
        ("conv: {channels: 3, stride: 2}", (2, 2)),
        ("conv: {channels: 8, stride: [2, 4]}", (2, 4)),
    ],
)
def test_a_shortcut_is_there_where_channels_or_size_differ(
    inside: str, stride: tuple[int, int] | None
):
    plan = plan_of(
        f"  - residual: {{layers: [{inside}]}}\n  - dense: {{shape: [1, 32, 32]}}\n",
        above="defaults: {conv: {activation: relu, norm: batch, bias: false}}\n",
    )
    op = plan.encoder[1].op
    assert isinstance(op, Residual)
    assert (op.shortcut and op.shortcut.stride) == stride
    if op.shortcut is not None:
        assert (op.shortcut.bias, op.shortcut.norm, op.shortcut.activation) == (
            True,
            "none",
            "none",
        )
        assert plan.encoder[1].params == op.shortcut.channels * (3 + 1)


def test_effective_size_adds_each_leak_once():
    encoder = "  - conv: {channels: 4}\n    name: early\n  - conv: {channels: 2}\n    name: late\n"
    decoder = (
        "decoder:\n  - concat: early\n  - concat: early\n  - concat: input\n  - concat: late\n"
        "  - conv: {channels: auto}\n"
    )
    head = "input: {channels: auto, height: 8, width: 8}\n"
    text = f"{head}encoder:\n{encoder}{decoder}"
    plan = model(text).plan()
    assert plan.latent.size == 2 * 64
    assert plan.latent.effective_size == (2 + 4 + 3) * 64
    assert codes(text) == ["leak-past-latent", "leak-past-latent"]
    assert codes(f"allow: [leak-past-latent]\n{text}") == []


def test_joining_the_latent_is_no_leak():
    encoder = "  - conv: {channels: 4}\n    name: code\n"
    decoder = "decoder:\n  - conv: {channels: 4}\n  - add: code\n  - conv: {channels: auto}\n"
    plan = plan_of(encoder, decoder)
    assert plan.latent.effective_size == plan.latent.size == 4 * 32 * 32


# --- mirror ---------------------------------------------------------------------

ENCODERS = {
    "pools": "  - conv: {channels: 8, kernel: 5}\n  - pool: {}\n  - conv: {channels: 6}\n",
    "strides": "  - conv: {channels: 8, stride: 2}\n  - conv: {channels: 6, stride: [2, 4]}\n",
    "valid": "  - conv: {channels: 8, padding: valid}\n  - conv: {channels: 5, kernel: 4, "
    "padding: 0, dilation: 2}\n",
    "dense": "  - conv: {channels: 4, stride: 2}\n  - dense: {size: 20}\n  - activation: tanh\n",
    "groups": "  - conv: {channels: 8, groups: 1, norm: batch}\n  - conv: {channels: 16, "
    "groups: depthwise}\n  - dropout: 0.2\n  - pool: {mode: avg}\n",
    "pool at stride 1": "  - conv: {channels: 4}\n  - pool: {kernel: 3, stride: 1}\n",
    "same pools": "  - pool: {kernel: 3, stride: 2, padding: same}\n  - conv: {channels: 5}\n",
    "nothing shrinks": "  - conv: {channels: 4}\n  - conv: {channels: 2, kernel: [1, 3]}\n",
}


@pytest.mark.parametrize("up", ["upsample", "conv_transpose", "pixel_shuffle"])
@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("size", [(32, 32), (16, 48)])
def test_a_mirror_ends_at_the_inputs_size(name: str, up: str, size: tuple[int, int]):
    if up == "pixel_shuffle" and name == "strides":
        pytest.skip("it enlarges both axes alike: see the golden files")
    decoder = f"decoder: {{mirror: encoder, up: {up}, last: {{activation: sigmoid}}}}\n"
    plan = plan_of(ENCODERS[name], decoder, size=size)
    assert plan.output.as_tuple() == (3, *size)
    assert not any(layer.kind == "dropout" for layer in plan.decoder)
    last = [layer.op for layer in plan.decoder if isinstance(layer.op, (Conv, ConvTranspose))][-1]
    assert last.activation == "sigmoid"
    shrinks_by_stride = name in {"pools", "strides", "groups", "same pools"}
    if shrinks_by_stride:
        wanted = {"conv_transpose": "conv_transpose"}.get(up, up)
        assert any(layer.kind == wanted for layer in plan.decoder)


@pytest.mark.parametrize("rows", range(20, 40))
@pytest.mark.parametrize(
    "shrink",
    [
        "pool: {}",
        "pool: {kernel: 3}",
        "conv: {channels: 4, stride: 2, padding: 0}",
        "conv: {channels: 4, kernel: 2, stride: 3, padding: valid}",
        "conv: {channels: 4, stride: 2}",
        "conv: {channels: 4, kernel: 5, stride: 3, padding: 1}",
    ],
)
def test_a_transposed_mirror_refills_lost_rows(rows: int, shrink: str):
    plan = plan_of(
        f"  - {shrink}\n  - conv: {{channels: 5}}\n",
        "decoder: {mirror: encoder, up: conv_transpose}\n",
        above="allow: [rows-lost]\n",
        size=(rows, 61 - rows),
    )
    assert plan.output.as_tuple() == (3, rows, 61 - rows)


def test_a_mirrored_conv_keeps_kernel_dilation_norm_and_activation():
    plan = plan_of(
        "  - conv: {channels: 8, kernel: 5, dilation: 2, norm: batch, activation: gelu}\n"
        "  - conv: {channels: 4}\n",
        "decoder: mirror\n",
        above="defaults: {conv: {kernel: 3, activation: relu, bias: false}}\n",
    )
    first, last = (layer.op for layer in plan.decoder)
    assert isinstance(first, Conv)
    assert isinstance(last, Conv)
    assert (first.channels, first.kernel, first.activation) == (8, (3, 3), "relu")
    assert (last.channels, last.kernel, last.dilation) == (3, (5, 5), (2, 2))
    assert (last.norm, last.activation, last.bias) == ("batch", "gelu", False)


# --- to_yaml --------------------------------------------------------------------

VARIANTS: list[tuple[str, dict[str, Raw]]] = [
    *((path.stem, {}) for path in SPECS),
    *(
        ("family", {"depth": d, "width": w, "down": down, "residual": r, "dropout_p": p})
        for d in (1, 3)
        for w in (4, 11)
        for down in ("pool", "stride")
        for r in (True, False)
        for p in (0.0, 0.25)
    ),
    *(("unet", {"depth": depth, "width": 4}) for depth in range(1, 5)),
    *(
        ("dense-bottleneck", {"code": code, "decoder.up": up})
        for code in (1, 77)
        for up in ("conv_transpose", "pixel_shuffle")
    ),
    ("acml-nine-layer", {"encoder[0].conv.padding": 1, "encoder[0].conv.dilation": (1, 1)}),
    (
        "strided-transposed",
        {"defaults.conv_transpose.kernel": 5, "defaults.conv_transpose.padding": "same"},
    ),
]


@pytest.mark.parametrize(("name", "values"), VARIANTS, ids=str)
def test_a_plan_written_out_gives_the_same_plan(name: str, values: dict[str, Raw]):
    file = next(path for path in SPECS if path.stem == name)
    plan = model(file.read_text("utf-8")).plan(values=values)
    text = to_yaml(plan)
    again = model(text).plan()
    assert again.key == plan.key
    assert codes(text) == []
    assert (again.name, again.description) == (plan.name, plan.description)
    assert (again.latent, again.params, again.macs) == (plan.latent, plan.params, plan.macs)
    assert to_yaml(again) == text


@pytest.mark.parametrize("up", ["upsample", "conv_transpose", "pixel_shuffle"])
@pytest.mark.parametrize("name", ENCODERS)
def test_a_mirror_written_out_gives_the_same_plan(name: str, up: str):
    if up == "pixel_shuffle" and name == "strides":
        pytest.skip("it enlarges both axes alike: see the golden files")
    decoder = f"decoder: {{mirror: encoder, up: {up}}}\n"
    plan = plan_of(ENCODERS[name], decoder, above="name: 'a: b'\ndescription: \"1\"\n")
    assert model(to_yaml(plan)).plan().key == plan.key
