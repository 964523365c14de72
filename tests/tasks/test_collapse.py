"""When a net has learned nothing, by its task."""

import pytest

from archsearch.config import read_task
from archsearch.records import Baselines, ColorScores, Scores
from archsearch.tasks import collapsed

KNOWN = Baselines(
    channel_mean_val=0.1, channel_mean_test=0.5, mean_chroma_val=0.005, mean_chroma_test=0.5
)


@pytest.mark.parametrize("task", ["reconstruct", "denoise", "inpaint", "colorize"])
@pytest.mark.parametrize(
    ("mse", "expected"), [(0.0979, False), (0.0981, True), (0.1, True), (0.2, True), (0.0, False)]
)
def test_it_is_within_two_percent_of_the_channel_mean(
    task: str, mse: float, expected: bool
) -> None:
    assert collapsed(read_task(task), Scores(mse=mse), KNOWN) is expected


@pytest.mark.parametrize(("mse", "expected"), [(0.00489, False), (0.00491, True), (0.05, True)])
def test_for_chroma_it_is_the_mean_chroma(mse: float, expected: bool) -> None:
    assert collapsed(read_task("colorize-chroma"), Scores(mse=mse), KNOWN) is expected


@pytest.mark.parametrize(("saturation", "expected"), [(0.019, True), (0.021, False), (None, False)])
def test_for_classes_it_is_gray_whatever_the_error(saturation: float, expected: bool) -> None:
    color = ColorScores(chroma_mse=0.003, desaturation=saturation)
    scores = Scores(mse=0.006, color=color)
    assert collapsed(read_task("colorize-bins"), scores, KNOWN) is expected
