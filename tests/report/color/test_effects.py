"""What remedies change, from pairs that are alike in everything else."""

from __future__ import annotations

import pytest

from archsearch.report.color.effects import tried
from archsearch.report.color.remedies import remedy_sentence
from tests.report.colored import NET, UNET, color_result, variants_of


def run(task, mse, *, seed=0, saturation=0.5, delta_e=9.0, fingerprint=None, **extra):
    result = color_result(task, mse, seed=seed, saturation=saturation, delta_e=delta_e)
    if fingerprint:
        result = result.model_copy(update={"data_fingerprint": fingerprint})
    return task, result, extra


def found(*runs):
    return {one.remedy.code: one for one in tried(variants_of(*runs))}


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
    assert "RGB MSE −50 % (−60 % to −38 %), ΔE −2.00 (−3.00 to −1.00)" in remedy_sentence(one)


def test_bins_are_held_against_chroma_by_squared_error_of_the_same_net():
    one = found(
        run("colorize-chroma", 0.005, saturation=0.4),
        run("colorize-chroma", 0.0049, saturation=0.45, loss="l1"),
        run("colorize-bins", 0.006, saturation=0.9),
        run("colorize-bins", 0.006, saturation=0.9, spec=UNET),
    )["bins"]
    (change,) = one.pairs
    assert change.before.choices["train.loss"] == "mse"
    assert change.after.net == "plain"
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
    assert "(the nets differ in more than that)" in remedy_sentence(every["skips"])
    assert remedy_sentence(every["luminance"]).startswith("In 4 of 6 variants: the exact luminance")


def test_other_pictures_are_no_pair():
    one = found(run("colorize", 0.008), run("colorize-chroma", 0.004, fingerprint="other"))
    assert one["luminance"].pairs == ()
    assert one["luminance"].groups == ()
    assert remedy_sentence(one["luminance"]).startswith("In 1 of 2 variants: the exact luminance")


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
    assert "isn’t yet its effect" in remedy_sentence(one)
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
    assert (
        "Of colorize, on average over 2 with it against 3 without, RGB MSE +0 %"
        in remedy_sentence(one)
    )


def test_what_all_or_some_variants_have_is_not_called_untried():
    every = found(
        run("colorize-chroma", 0.005, loss="l1"),
        run("colorize-chroma", 0.005, loss="huber"),
        run("colorize-bins", 0.006),
    )
    told = {code: remedy_sentence(one) for code, one in every.items()}
    assert told["bins"].startswith("In 1 of 3 variants: classes of quantized chroma")
    assert told["rebalance"].startswith("In 1 of 3 variants: the weighting of rare colors")
    assert told["luminance"].startswith("In 2 of 3 variants: the exact luminance")
    assert told["skips"].startswith("Not tried here: encoder layers")
    assert not any(one.known for one in every.values())
