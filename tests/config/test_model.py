"""A spec as Python sees it."""

from pathlib import Path

import pytest

import archsearch
from archsearch.errors import InputError
from archsearch.spec import DiagnosticsError, Pair, to_yaml

ROOT = Path(__file__).parents[2]
NINE = ROOT / "specs" / "acml-nine-layer.yaml"


def test_the_reference_net_has_the_known_numbers() -> None:
    plan = archsearch.load(NINE).plan()
    assert len(plan.layers) == 9
    assert plan.layers[0].output.elements == 8192
    assert (plan.latent.size, plan.latent.compression) == (1024, 3.0)
    assert (plan.latent.channels, plan.latent.height, plan.latent.width) == (16, 8, 8)
    assert plan.params == 4911
    assert plan.encoder_depth == 3


@pytest.mark.parametrize("spec", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_gallery_is_sound(spec: Path) -> None:
    resolution = archsearch.load(spec).resolve()
    assert resolution.diagnostics == ()
    assert resolution.require().name == spec.stem


def test_values_reach_params_paths_and_names() -> None:
    model = archsearch.load(NINE)
    plan = model.plan(values={"encoder.last.conv.channels": 4, "defaults.conv.kernel": (5, 3)})
    assert plan.latent.size == 4 * 8 * 8
    assert plan.layers[0].op.kernel == Pair(5, 3)  # type: ignore[union-attr]
    assert archsearch.load(ROOT / "specs/unet.yaml").plan(depth=3).latent.height == 4


def test_gray_pictures_make_auto_1_for_good(tmp_path: Path) -> None:
    """However gray pictures are told of, the plan's YAML gives the same net again."""
    model = archsearch.load(NINE)
    assert model.follows_pictures("reconstruct", {})
    assert not model.follows_pictures("colorize", {})
    assert not model.follows_pictures("denoise", {"input.channels": 3})
    for plan in (
        model.plan(picture_channels=1),
        model.plan(values={"input.channels": 1}),
        model.plan("denoise", values={"input.channels": 1}),
    ):
        assert (plan.input.channels, plan.output.channels) == (1, 1)
        (tmp_path / "again.yaml").write_text(to_yaml(plan))
        again = archsearch.load(tmp_path / "again.yaml")
        assert again.plan().key == plan.key
        assert not again.follows_pictures("reconstruct", {})
    assert to_yaml(model.plan("colorize")) == to_yaml(model.plan())


def test_a_written_number_of_channels_gives_way_to_a_path(tmp_path: Path) -> None:
    (tmp_path / "three.yaml").write_text(
        NINE.read_text().replace("channels: auto, h", "channels: 3, h")
    )
    model = archsearch.load(tmp_path / "three.yaml")
    assert model.plan(values={"input.channels": 1}).output.channels == 1
    assert model.plan(values={"input.channels": "auto"}).auto_input
    assert model.plan(values={"input.height": 16}).latent.height == 4


def test_the_file_is_untouched_by_values() -> None:
    model = archsearch.load(NINE)
    model.plan(values={"encoder[4].conv.channels": 4})
    assert model.plan().latent.size == 1024


def test_a_path_to_nowhere_is_the_users_mistake() -> None:
    with pytest.raises(InputError, match=r"conv has no field `chanels`") as caught:
        archsearch.load(NINE).plan(values={"encoder[0].conv.chanels": 4})
    assert "did you mean `channels`?" in caught.value.help


def test_an_infeasible_value_has_its_code() -> None:
    with pytest.raises(DiagnosticsError) as caught:
        archsearch.load(ROOT / "specs/family.yaml").plan(depth=6)
    assert {item.code for item in caught.value.diagnostics} == {"shape-nonpositive"}


def test_equal_nets_have_equal_keys_and_other_nets_others() -> None:
    model = archsearch.load(NINE)
    same = model.plan(values={"encoder[0].conv.kernel": 3})
    other = model.plan(values={"encoder[0].conv.activation": "elu"})
    assert model.plan().key == same.key != other.key


def test_an_unknown_task_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="no task `draw`") as caught:
        archsearch.load(NINE).plan(task="draw")
    assert "reconstruct" in caught.value.help


def test_a_gray_spec_is_for_gray_pictures(tmp_path: Path) -> None:
    spec = tmp_path / "gray.yaml"
    spec.write_text(NINE.read_text().replace("channels: auto, height", "channels: 1, height"))
    plan = archsearch.load(spec).plan()
    assert plan.input.channels == plan.output.channels == 1
