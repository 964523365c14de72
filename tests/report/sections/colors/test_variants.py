"""Which runs are one variant, what they are called, and what they are compared with."""

from __future__ import annotations

from archsearch.records import Baselines
from archsearch.report.sections.blocks import Cell, Table
from archsearch.report.sections.colors.classes import class_table
from archsearch.report.sections.colors.variant_table import variant_table
from archsearch.report.sections.colors.variants import find_variants
from tests.report.colored import BASELINES, CLASSES, UNET, color_result, color_study, variants_of
from tests.synthetic import StudyRecipe, synthetic_study


def heads(table: Table) -> list[str]:
    return [row.cells[0].text for row in table.rows]


def column(table: Table, name: str) -> list[Cell]:
    """The cells of the column of that name."""
    place = [each.name for each in table.columns].index(name)
    return [row.cells[place] for row in table.rows]


def test_a_variant_has_all_its_seeds():
    found = variants_of(
        ("colorize", color_result("colorize", 0.008), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize", color_result("colorize", 0.009, seed=1), {}),
    )
    assert [(v.name, [r.seed for r in v.results]) for v in found] == [
        ("net 0, colorize", [0, 1]),
        ("net 1, colorize-chroma", [0]),
    ]


def test_what_was_chosen_is_told_and_what_a_task_brings_itself_is_no_choice():
    found = variants_of(
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {"loss": "l1"}),
        ("colorize-bins", color_result("colorize-bins", 0.006), {}),
        ("colorize-bins", color_result("colorize-bins", 0.006), {"options": {"rebalance": 0}}),
        ("colorize", color_result("colorize", 0.006), {"options": {"keep_luminance": True}}),
        ("colorize-bins", color_result("colorize-bins", 0.006), {"loss": "l1"}),
    )
    assert [variant.options for variant in found[:5]] == [
        "", "loss l1", "", "rebalance 0", "keep_luminance true",
    ]  # fmt: skip
    assert [variant.choices.get("train.loss") for variant in found] == [
        "mse", "l1", None, None, "mse", None,
    ]  # fmt: skip
    assert [variant.choices.get("task.rebalance") for variant in found[2:4]] == [0.5, 0]
    assert [variant.colors for variant in found[2:5]] == ["classes", "classes", "rgb-merged"]


def test_a_net_is_the_same_under_each_task():
    found = variants_of(
        ("colorize", color_result("colorize", 0.005), {"spec": UNET}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {"spec": UNET}),
        (
            "colorize",
            color_result("colorize", 0.005),
            {"spec": UNET.replace("channels: 4", "channels: 8")},
        ),
    )
    one, same, other = (variant.choices["net"] for variant in found)
    assert one == same != other
    assert all(variant.plan.reads_past_latent for variant in found)
    told = variant_table(found).rows[-1].cells[0].small
    assert told == "colorize, reads past the latent, seed 0"


def test_runs_without_colors_are_no_variants():
    plain = color_result("colorize", 0.005)
    old = plain.model_copy(update={"test": plain.test.model_copy(update={"color": None})})
    assert variants_of(("colorize", old, {})) == []


def test_who_beats_the_mean_chroma_is_marked():
    found = variants_of(
        ("colorize-chroma", color_result("colorize-chroma", 0.0050), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.0054, seed=1), {}),
        ("colorize", color_result("colorize", 0.0084), {}),
        ("colorize", color_result("colorize", 0.0086, seed=1), {}),
        ("colorize-bins", color_result("colorize-bins", 0.0050), {}),
        ("colorize-bins", color_result("colorize-bins", 0.0060, seed=1), {}),
        ("colorize", color_result("colorize", 0.0084), {"loss": "l1"}),
    )
    table = variant_table(found)
    assert [variant.beats_mean_chroma for variant in found] == [True, False, None, False]
    assert [row.mark for row in table.rows] == ["baseline", "baseline", "beats", "fails", "", ""]
    assert heads(table) == ["gray copy", "mean chroma", "net 0", "net 1", "net 2", "net 3"]
    assert [cell[:2] for cell in column(table, "test MSE")[2:]] == [
        ("−7 %", "−11 to −4 %"), ("+52 %", "+50 to +54 %"), ("−2 %", "−11 to +7 %"), ("+50 %", ""),
    ]  # fmt: skip
    marks = [cell.text for cell in column(table, "shortcomings")[2:]]
    assert "one color" not in marks[0]
    assert "worse than one color" in marks[1]
    assert "not shown to beat one color" in marks[2]
    assert marks[3] == "–"  # a point alone marks nothing
    assert column(table, "val MSE")[2][:2] == ("0.00520", "0.00500 to 0.00540")
    assert column(table, "ΔE")[0][:2] == ("10.45", "")


def test_a_long_table_holds_the_best_and_says_so():
    runs = [
        ("colorize", color_result("colorize", 0.005 + place / 1e4), {"options": {}, "n": place})
        for place in range(14)
    ]
    table = variant_table(variants_of(*runs), left_out=2)
    assert len(table.rows) == 2 + 12
    assert "Best 12 of 14" in table.note
    assert "2 with other test pictures left out" in table.note


def test_unknown_yardsticks_are_not_judged():
    none = Baselines.model_validate(BASELINES.model_dump() | {"mean_chroma_test": None})
    (variant,) = variants_of(("colorize", color_result("colorize", 0.005, baselines=none), {}))
    assert variant.beats_mean_chroma is None
    assert column(variant_table([variant]), "test MSE")[-1].text == "–"


def test_classes_stand_by_their_delta_e_over_seeds():
    swapped = [(name, 22 - found) for name, found in CLASSES]
    found = variants_of(
        ("colorize", color_result("colorize", 0.008), {}),
        ("colorize", color_result("colorize", 0.008, seed=1), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005, seed=1, classes=swapped), {}),
    )
    table = class_table(found[:1])
    assert heads(table) == ["frog", "cat", "truck", "ship"]
    assert table.title.startswith("Class by class: frog, cat, truck harder than ship")
    same = class_table(found[1:])
    assert {cell.text for cell in column(same, "ΔE")} == {"11.00"}
    assert "none is shown to be harder" in same.title
    assert len(class_table(found).columns) == 2 + 2 * 3
    (single,) = variants_of(("colorize", color_result("colorize", 0.008), {}))
    assert "none is shown to be harder" in class_table([single]).title
    bare = variants_of(("colorize", color_result("colorize", 0.008, classes=()), {}))
    assert class_table(bare) is None


def test_a_trial_is_a_variant_with_what_was_searched():
    study = color_study(synthetic_study(StudyRecipe(complete=4, failed=1, pruned=1)))
    found = find_variants(study, lambda seed: None, "trial {}".format)
    assert len(found) == 4
    assert {variant.task for variant in found} == {"colorize", "colorize-chroma"}
    one = found[0]
    assert one.name == f"trial {one.trial}, {one.task}"
    assert "width" in one.options
    assert "task" not in one.options
    assert one.settings == ""
    assert one.choices["train.loss"] == "mse"
    assert "width" in one.choices
    assert len(one.results) == 2


def test_names_that_describe_the_net_are_no_choices():
    """Of trained runs nothing was searched: what sets their nets apart is the nets."""
    study = color_study(synthetic_study(StudyRecipe(complete=4)))
    bare = study.model_copy(update={"settings": study.settings | {"space": {}}})
    (one, *_) = find_variants(bare, lambda seed: None, "net {}".format)
    assert "width" not in one.choices
    assert "width" in one.options
