"""Sentences about colors: right, and no surer than the numbers."""

from __future__ import annotations

from archsearch.report.color import color_section
from tests.report.colored import UNET, color_result, variants_of


def part(*runs, note=""):
    return color_section(
        variants_of(
            *((task, color_result(task, mse, **has), extra) for task, mse, has, extra in runs)
        ),
        note=note,
    )


TWO = (
    ("colorize", 0.0080, {"delta_e": 11.4}, {}),
    ("colorize", 0.0084, {"delta_e": 11.6, "seed": 1}, {}),
    ("colorize-chroma", 0.0047, {"saturation": 0.48}, {}),
    ("colorize-chroma", 0.0048, {"saturation": 0.52, "seed": 1}, {}),
)


def test_the_answer_names_the_best_the_baselines_and_who_beats_them():
    said = " ".join(part(*TWO).answer)
    assert "colorize-chroma, plain has the lowest validation error; on the test split" in said
    assert "0.00475 (0.00470 to 0.00480)" in said
    assert "the gray copy has 0.00600 (ΔE 10.45)" in said
    assert "1 of 2 variants beat the mean chroma in test RGB MSE with every seed" in said
    assert "colorize, plain doesn’t" in said
    assert "once in 3 times with 4 seeds in all" in said
    assert "colorize-chroma, plain 0.50 (0.48 to 0.52)" in said
    assert "10.0 % lie further than 0.1 from gray" in said


def test_overlapping_seeds_are_not_told_apart():
    runs = (
        ("colorize-chroma", 0.0047, {}, {}),
        ("colorize-chroma", 0.0050, {"seed": 1}, {}),
        ("colorize-chroma", 0.0049, {}, {"loss": "l1"}),
        ("colorize-chroma", 0.0051, {"seed": 1}, {"loss": "l1"}),
    )
    made = part(*runs)
    assert "their intervals overlap, so which is better isn’t shown" in " ".join(made.answer)
    assert "1 of 1 neighbors in the ranking aren’t told apart" in " ".join(made.shortcomings)


def test_one_seed_says_how_little_that_is():
    made = part(TWO[0], TWO[2])
    assert "with one seed, the difference may be the seed’s" in " ".join(made.answer)
    assert "One seed each" in " ".join(made.shortcomings)
    alone = part(TWO[2])
    assert "It beats the mean chroma" in " ".join(alone.answer)
    assert "One seed: how much of this is chance isn’t known." in alone.shortcomings


def test_shortcomings_are_made_from_the_numbers():
    said = " ".join(part(*TWO, note="JPEG files").shortcomings)
    assert "Every variant is too pale: 0.50 times" in said
    assert "takes 15 % off the error of one constant chroma; 85 % of it is left" in said
    assert "61 % of the pixels right within t = 5" in said
    assert (
        "Hardest by ΔE, for colorize-chroma, plain: frog (12.0) and cat (10.0); easiest: ship"
        in said
    )
    assert "chroma is stored at half resolution" in said
    assert "is clipped (colorize-chroma, plain 0.4 % of the values)" in said
    assert "JPEG" not in " ".join(part(*TWO).shortcomings)


def test_nothing_is_called_pale_that_is_not():
    vivid = part(("colorize-bins", 0.006, {"saturation": 1.04}, {}))
    assert "No variant is shown to be clearly paler" in " ".join(vivid.shortcomings)
    assert "paler" not in " ".join(vivid.answer)
    around = part(
        ("colorize-bins", 0.006, {"saturation": 0.97}, {}),
        ("colorize-bins", 0.006, {"saturation": 1.02, "seed": 1}, {}),
    )
    assert "No variant is shown to be clearly paler" in " ".join(around.shortcomings)
    unknown = part(("colorize", 0.006, {"saturation": None}, {}))
    assert "pale" not in " ".join(unknown.shortcomings)


def test_what_bins_gain_and_cost_is_said():
    said = " ".join(
        part(
            ("colorize-chroma", 0.0045, {"saturation": 0.5, "delta_e": 9.5}, {"spec": UNET}),
            (
                "colorize-chroma",
                0.0046,
                {"saturation": 0.5, "delta_e": 9.6, "seed": 1},
                {"spec": UNET},
            ),
            ("colorize-bins", 0.0060, {"saturation": 0.9, "delta_e": 10.5}, {"spec": UNET}),
            (
                "colorize-bins",
                0.0061,
                {"saturation": 0.9, "delta_e": 9.55, "seed": 1},
                {"spec": UNET},
            ),
        ).shortcomings
    )
    assert "classes with rebalancing raise saturation from 0.50 to 0.90" in said
    assert "the RGB MSE by +33 % (+30 % to +36 %)" in said
    assert "(seeds overlap in ΔE)" in said


def test_a_best_that_does_not_beat_a_constant_is_said_to():
    said = " ".join(part(("colorize", 0.0084, {}, {})).shortcomings)
    assert "Not even the best variant by validation beats one constant chroma" in said
