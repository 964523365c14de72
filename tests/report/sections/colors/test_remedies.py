"""What remedies change, from pairs that are alike in everything else."""

from __future__ import annotations

import pytest

from archsearch.report.sections.colors.ideas import ideas_table
from archsearch.report.sections.colors.remedies import Tried, tried
from tests.report.colored import NET, UNET, color_result, colors_of, variants_of


def run(task, mse, *, seed=0, saturation=0.5, delta_e=9.0, fingerprint=None, **extra):
    result = color_result(task, mse, seed=seed, saturation=saturation, delta_e=delta_e)
    if fingerprint:
        result = result.model_copy(update={"data_fingerprint": fingerprint})
    return task, result, extra


def found(*runs):
    return {one.remedy.code: one for one in tried(variants_of(*runs))}


def row(one: Tried) -> list[tuple[str, str]]:
    """The cells after the idea: text and small print."""
    (found,) = ideas_table([one]).rows
    return [(cell.text, cell.small) for cell in found.cells[1:]]


def test_a_pair_gives_the_known_change_and_its_extremes_over_seeds():
    one = found(
        run("colorize", 0.008, delta_e=11.0),
        run("colorize", 0.010, seed=1, delta_e=12.0),
        run("colorize-chroma", 0.004, delta_e=9.0),
        run("colorize-chroma", 0.005, seed=1, delta_e=10.0),
    )["luminance"]
    (change,) = one.pairs
    assert change.mse == pytest.approx((-0.5, 0.4 - 1, 0.625 - 1))
    assert change.delta_e == pytest.approx((-2.0, -3.0, -1.0))
    assert change.mse.clear
    assert row(one) == [
        ("in 1 of 2", "net 0 → net 1"), ("−50 %", "−60 to −38 %"), ("−2.00", "−3.00 to −1.00"),
        ("+0.00", "all +0.00"),
    ]  # fmt: skip


def test_several_pairs_are_one_row_from_the_least_to_the_greatest():
    one = found(
        run("colorize", 0.008),
        run("colorize-chroma", 0.004),
        run("colorize", 0.010, spec=UNET),
        run("colorize-chroma", 0.008, spec=UNET),
    )["luminance"]
    assert row(one)[:2] == [("in 2 of 4", "2 pairs"), ("−35 %", "−50 to −20 %")]


def test_bins_are_held_against_chroma_by_squared_error_of_the_same_net():
    one = found(
        run("colorize-chroma", 0.005, saturation=0.4),
        run("colorize-chroma", 0.0049, saturation=0.45, loss="l1"),
        run("colorize-bins", 0.006, saturation=0.9),
        run("colorize-bins", 0.006, saturation=0.9, spec=UNET),
    )["bins"]
    (change,) = one.pairs
    assert change.before.choices["train.loss"] == "mse"
    assert change.after.called == "net 2"
    assert change.desaturation == (pytest.approx(0.5), None, None)
    assert not change.desaturation.clear


def test_losses_skips_and_rebalancing_are_found():
    every = found(
        run("colorize-chroma", 0.005),
        run("colorize-chroma", 0.006, loss="l1"),
        run("colorize-chroma", 0.0055, loss="huber"),
        run("colorize-chroma", 0.0045, spec=UNET),
        run("colorize-bins", 0.006),
        run("colorize-bins", 0.0055, options={"rebalance": 0}),
    )
    known = {code for code, one in every.items() if one.known}
    assert known == {"skips", "l1", "huber", "bins", "rebalance"}
    assert every["l1"].pairs[0].mse.value == pytest.approx(0.2)
    assert every["skips"].pairs[0].mse.value == pytest.approx(-0.1)
    assert row(every["skips"])[0] == ("in 1 of 6", "net 0 → net 3; the nets differ in more")
    assert row(every["luminance"])[0] == ("in 4 of 6", "nothing to compare with")


def test_a_gain_is_held_against_none_of_the_same_net():
    every = found(
        run("colorize-chroma", 0.0045, saturation=0.5),
        run("colorize-chroma", 0.0050, saturation=0.8, options={"gain": 1.5}),
        run("colorize-chroma", 0.0044, spec=UNET, options={"gain": 1}),
        run("colorize", 0.0046),
    )
    (change,) = every["gain"].pairs
    assert change.after.choices["task.gain"] == 1.5
    assert change.desaturation == (pytest.approx(0.3), None, None)
    (skips,) = every["skips"].pairs
    assert skips.after.choices["task.gain"] == 1, "a 1 that is written is the default"


def test_other_pictures_are_no_pair():
    runs = [run("colorize", 0.008), run("colorize-chroma", 0.004, fingerprint="other")]
    colors = colors_of(*runs, run("colorize", 0.007, loss="l1"))
    assert [variant.task for variant in colors.ranked] == ["colorize", "colorize"]
    assert colors.left_out == 1
    by_code = {one.remedy.code: one for one in colors.ideas}
    assert by_code["luminance"].pairs == ()
    assert by_code["luminance"].groups == ()
    assert by_code["l1"].pairs


def test_without_a_pair_groups_are_told_as_no_effect_yet():
    four = [
        run("colorize", 0.008),
        run("colorize", 0.008, loss="l1"),
        run("colorize-chroma", 0.004, spec=UNET),
        run("colorize-chroma", 0.004, spec=UNET, loss="l1"),
    ]
    one = found(*four)["luminance"]
    assert one.pairs == ()
    assert (one.groups[0].task, *one.groups[0][1:3]) == ("", 2, 2)
    how = "mean of 2 against 2 without; other choices vary too: not yet its effect"
    assert row(one)[0] == ("in 2 of 4", how)
    assert found(*four[1:])["luminance"].groups == ()  # one alone is no group


def test_groups_are_of_one_task():
    """L1 seems to halve the error, since the task that has it more often has less."""
    nets = [{"spec": NET.replace("channels: 4", f"channels: {width}")} for width in range(3, 9)]
    one = found(
        *(run("colorize", 0.010, **net) for net in nets[:3]),
        *(run("colorize", 0.010, loss="l1", **net) for net in nets[3:5]),
        run("colorize-chroma", 0.005, loss="l1", **nets[5]),
        run("colorize-chroma", 0.005, loss="l1", **nets[0]),
    )["l1"]
    assert one.pairs == ()
    (group,) = one.groups
    assert (group.task, group.without, group.having) == ("colorize", 3, 2)
    assert group.change.mse.value == pytest.approx(0)
    assert row(one)[0][1].startswith("of colorize, mean of 2 against 3 without")
    assert row(one)[1][0] == "+0 %"


def test_what_all_or_some_variants_have_is_not_called_untried():
    every = found(
        run("colorize-chroma", 0.005, loss="l1"),
        run("colorize-chroma", 0.005, loss="huber"),
        run("colorize-bins", 0.006),
    )
    told = {code: row(one)[0][0] for code, one in every.items()}
    assert told == {
        "bins": "in 1 of 3", "rebalance": "in 1 of 3", "luminance": "in 2 of 3",
        "skips": "not tried", "l1": "in 1 of 3", "huber": "in 1 of 3", "gain": "not tried",
    }  # fmt: skip
    assert not any(one.known for one in every.values())
