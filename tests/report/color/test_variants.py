"""Which runs are one variant, what they are called, and what they are compared with."""

from __future__ import annotations

from archsearch.records import Baselines
from archsearch.report.color import study_variants
from archsearch.report.color.tables import class_table, variant_table
from tests.report.colored import BASELINES, CLASSES, UNET, color_result, color_study, variants_of
from tests.synthetic import StudyRecipe, synthetic_study

OTHER = UNET.replace("channels: 4", "channels: 8")


def test_runs_that_differ_only_in_seed_are_one_variant():
    found = variants_of(
        ("colorize", color_result("colorize", 0.008), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize", color_result("colorize", 0.009, seed=1), {}),
    )
    assert [(v.name, [r.seed for r in v.results]) for v in found] == [
        ("colorize, plain", [0, 1]),
        ("colorize-chroma, plain", [0]),
    ]


def test_what_differs_is_in_the_name_and_what_does_not_is_not():
    found = variants_of(
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {"loss": "l1"}),
        ("colorize-bins", color_result("colorize-bins", 0.006), {}),
        ("colorize-bins", color_result("colorize-bins", 0.006), {"options": {"rebalance": 0}}),
        ("colorize", color_result("colorize", 0.006), {"options": {"keep_luminance": True}}),
    )
    assert [variant.options for variant in found] == [
        "loss mse", "loss l1", "rebalance 0.5", "rebalance 0", "keep_luminance true, loss mse",
    ]  # fmt: skip
    assert "train.loss" not in found[2].choices


def test_nets_of_one_name_are_told_apart_across_tasks():
    found = variants_of(
        ("colorize", color_result("colorize", 0.005), {"spec": UNET}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {"spec": UNET}),
        ("colorize", color_result("colorize", 0.005), {"spec": OTHER}),
    )
    assert [variant.net for variant in found] == ["leaky (1)", "leaky (1)", "leaky (2)"]
    assert all(variant.leaks for variant in found)


def test_runs_without_colors_are_no_variants():
    plain = color_result("colorize", 0.005)
    old = plain.model_copy(update={"test": plain.test.model_copy(update={"color": None})})
    assert variants_of(("colorize", old, {})) == []


def test_who_beats_the_mean_chroma_is_marked():
    found = variants_of(
        ("colorize-chroma", color_result("colorize-chroma", 0.0050), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.0054, seed=1), {}),
        ("colorize", color_result("colorize", 0.0084), {}),
        ("colorize-bins", color_result("colorize-bins", 0.0050), {}),
        ("colorize-bins", color_result("colorize-bins", 0.0060, seed=1), {}),
    )
    table = variant_table(found)
    rows = {row.head: (row.kind, row.cells[0].text) for row in table.rows}
    assert rows == {
        "gray copy": ("baseline", ""),
        "mean chroma": ("baseline", ""),
        "colorize-chroma, plain": ("beats", "beats it: −7 %"),
        "colorize, plain": ("fails", "doesn’t: +50 %"),
        "colorize-bins, plain, rebalance 0.5": ("", "seeds disagree: −2 %"),
    }
    columns = [head for head, _ in table.columns]
    cells = dict(zip(columns, table.rows[2].cells, strict=True))
    assert cells["test MSE"] == ("0.00520", "0.00500 to 0.00540")
    assert cells["clipped"] == ("0.4 %", "all seeds")
    assert dict(zip(columns, table.rows[3].cells, strict=True))["clipped"] == ("–", "")


def test_unknown_yardsticks_are_not_judged():
    none = Baselines.model_validate(BASELINES.model_dump() | {"mean_chroma_test": None})
    (variant,) = variants_of(("colorize", color_result("colorize", 0.005, baselines=none), {}))
    assert variant.beats_mean_chroma is None
    assert variant_table([variant]).rows[-1].cells[0].text == "not known"


def test_classes_stand_by_their_delta_e_over_seeds():
    swapped = [(name, 22 - found) for name, found in CLASSES]
    found = variants_of(
        ("colorize", color_result("colorize", 0.008), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005), {}),
        ("colorize-chroma", color_result("colorize-chroma", 0.005, seed=1, classes=swapped), {}),
    )
    assert [row.head for row in class_table(found[:1]).rows] == ["frog", "cat", "truck", "ship"]
    table = class_table(found[1:])
    assert {row.cells[1].text for row in table.rows} == {"11.00"}
    assert len(class_table(found).columns) == 1 + 2 * 3
    bare = variants_of(("colorize", color_result("colorize", 0.008, classes=()), {}))
    assert class_table(bare) is None


def test_a_trial_is_a_variant_with_what_was_searched():
    study = color_study(synthetic_study(StudyRecipe(complete=4, failed=1, pruned=1)))
    found = study_variants(study)
    assert len(found) == 4
    assert {variant.task for variant in found} == {"colorize", "colorize-chroma"}
    one = found[0]
    assert one.name == f"trial {one.trial}, {one.task}"
    assert "width" in one.options
    assert "task" not in one.options
    assert one.choices["train.loss"] == "mse"
    assert len(one.results) == 2
