"""Every form of path that the language has, and what setting it does."""

from pathlib import Path

import pytest

from archsearch.config.model import Model
from archsearch.config.quantities import PLANNED
from archsearch.spec import PathError, Raw, Source, find_target, parse_spec
from archsearch.spec.expressions.names import bad_name

TEXT = """\
input: {channels: auto, height: 32, width: 32}
params: {width: 8, down: pool, deep: false}
defaults:
  conv: {activation: relu}
blocks:
  double: {params: {c: 8}, layers: [{conv: {channels: $c}, name: inner}, conv: {channels: $c}]}
encoder:
  - conv: {channels: $width}
    name: early
  - repeat:
      times: 2
      layers:
        - dropout: 0.1
        - conv: {channels: 8}
  - choose:
      by: $down
      of:
        pool: [pool: {}]
        stride: [conv: {channels: 8, stride: 2}]
  - block: {use: double, c: 12}
  - residual: {layers: [conv: {channels: 12}]}
    name: around
  - activation: relu
    when: $deep
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""


def family(text: str = TEXT):
    source = Source("f.yaml", text)
    found = parse_spec(source)
    assert {found.code for found in source.diagnostics} <= {"unused-param"}
    assert found is not None
    return found


FORMS = [
    ("width", 16, "width"),
    ("encoder[0].conv.kernel", 5, "encoder[0].conv.kernel"),
    ("encoder[0].kernel", 5, "encoder[0].conv.kernel"),
    ("encoder[1].repeat.times", 3, "encoder[1].repeat.times"),
    ("encoder[1].repeat.layers[1].conv.kernel", 5, "encoder[1].repeat.layers[1].conv.kernel"),
    ("encoder[1].repeat.layers[0].dropout", 0.5, "encoder[1].repeat.layers[0].dropout.dropout"),
    ("encoder[2].choose.by", "stride", "encoder[2].choose.by"),
    ("encoder[2].choose.of.pool[0].pool.mode", "avg", "encoder[2].choose.of.pool[0].pool.mode"),
    ("encoder[3].block.c", 20, "encoder[3].block.c"),
    ("encoder[4].residual.layers[0].conv.kernel", 5, "encoder[4].residual.layers[0].conv.kernel"),
    ("blocks.double.layers[1].conv.kernel", 5, "blocks.double.layers[1].conv.kernel"),
    ("defaults.conv.kernel", 5, "defaults.conv.kernel"),
    ("defaults.upsample.mode", "bilinear", "defaults.upsample.mode"),
    ("decoder.last.activation", "tanh", "decoder[1].conv.activation"),
    ("decoder.last.conv.activation", "tanh", "decoder[1].conv.activation"),
    ("encoder.last.activation", "gelu", "encoder[5].activation.activation"),
    ("early.conv.kernel", 5, "encoder[0].conv.kernel"),
    ("early.kernel", 5, "encoder[0].conv.kernel"),
    ("inner.conv.kernel", 5, "blocks.double.layers[0].conv.kernel"),
    ("early.conv.norm", "batch", "encoder[0].conv.norm"),
    ("input.channels", 1, "input.channels"),
    ("input.height", 16, "input.height"),
    ("input.width", 40, "input.width"),
]


@pytest.mark.parametrize(("path", "value", "key"), FORMS)
def test_find_target(path: str, value: Raw, key: str):
    target = find_target(family(), path)
    assert target.key == key
    if target.field is not None:
        assert target.field.type.read(value) is not None


@pytest.mark.parametrize(("path", "value", "key"), FORMS)
def test_a_value_set_by_path_changes_the_model(path: str, value: Raw, key: str):
    model = Model(family())
    values: dict[str, Raw] = {path: value}
    if key.startswith("encoder[5]"):
        values["deep"] = True
        plain = model.plan(values={"deep": True})
    else:
        plain = model.plan()
    assert model.plan(values=values).key != plain.key


@pytest.mark.parametrize(
    ("path", "help"),
    [
        ("widht", "did you mean `width`?"),
        ("encoder[9].conv.kernel", "encoder[0].conv.channels"),
        ("encoder[0].pool.kernel", "conv.kernel"),
        ("encoder[0].conv.kernal", "did you mean `kernel`?"),
        ("earyl.conv.kernel", "did you mean `early`?"),
        ("defaults.cnv.kernel", "did you mean `conv`?"),
        ("defaults.norm.norm", "kinds with fields have: conv, "),
        ("defaults.add.norm", "kinds with fields have: conv, "),
        ("input.hight", "did you mean `height`?"),
        ("inptu.height", "did you mean `input`?"),
        ("encoder", ""),
        ("encoder[0]", ""),
        ("encoder[0].conv", ""),
        ("encoder[3].block.use", ""),
        ("encoder[3].block.k", ""),
        ("", ""),
        ("a.b.c[", ""),
    ],
)
def test_paths_that_lead_nowhere(path: str, help: str):
    with pytest.raises(PathError) as raised:
        find_target(family(), path)
    assert help in raised.value.help
    assert raised.value.message


def test_paths_into_a_mirror():
    head = TEXT.partition("  - residual")[0] + "  - conv: {channels: 9}\n    when: $deep\n"
    mirrored = family(head + "decoder: {mirror: encoder, last: {activation: sigmoid}}\n")
    assert find_target(mirrored, "decoder.up").key == "decoder.up"
    assert find_target(mirrored, "decoder.last.activation").key == "decoder.last.activation"
    model = Model(mirrored)
    ups = {
        up: model.plan(values={"decoder.up": up})
        for up in ("upsample", "conv_transpose", "pixel_shuffle")
    }
    assert len({plan.key for plan in ups.values()}) == 3
    for path in ("decoder.down", "decoder.last.channels", "decoder[0].conv.kernel"):
        with pytest.raises(PathError):
            find_target(mirrored, path)


def test_a_path_survives_an_inserted_layer():
    longer = TEXT.replace("encoder:\n", "encoder:\n  - dropout: 0.2\n")
    assert find_target(family(longer), "early.conv.kernel").key == "encoder[1].conv.kernel"


def test_a_path_may_set_what_the_file_leaves_out():
    plan = Model(family()).plan(values={"early.conv.dilation": 2})
    assert plan.layers[0].op.dilation == (2, 2)  # type: ignore[union-attr]


def test_the_gallery_finds_its_own_paths():
    for file in sorted((Path(__file__).parents[2] / "specs").glob("*.yaml")):
        found = family(file.read_text("utf-8"))
        for layer in Model(found).plan().layers:
            kind = layer.kind
            if kind in {"conv", "pool", "upsample", "dense"} and not layer.path.endswith("mirror"):
                name = "activation" if kind in {"conv", "dense"} else "mode"
                assert find_target(found, f"{layer.path}.{name}").key == f"{layer.path}.{name}"


def test_no_param_may_be_called_like_what_constraints_read():
    read = {each.name.partition(".")[0] for each in PLANNED}
    assert all(bad_name(name) for name in read)
