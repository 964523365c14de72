"""What tasks feed and want, of a task that feeds more than the picture."""

from pathlib import Path
from typing import Literal

import pytest

import archsearch
from archsearch.config import TASKS, TaskKind, TaskSettings, load, pictures_of
from archsearch.config.checking import check_files

NET = """
name: net
input: {channels: CHANNELS, height: 8, width: 8}
encoder: [conv: {channels: 4}]
decoder: [conv: {channels: auto}]
"""


class Fill(TaskSettings):
    """The picture, from itself with a hole, and where that is."""

    name: Literal["fill"] = "fill"

    def feeds(self, channels: int) -> int:
        return channels + 1


FILL = TaskKind(settings=Fill, make="nowhere:make")


@pytest.mark.parametrize(
    ("written", "pictures", "channels"),
    [("auto", None, (4, 3)), ("auto", 1, (2, 1)), ("4", None, (4, 3)), ("2", None, (2, 1))],
)
def test_a_mask_beside_the_picture(
    tmp_path: Path, written: str, pictures: int | None, channels: tuple[int, int]
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("CHANNELS", written))
    with archsearch.extended(FILL):
        plan = load(path).plan("fill", picture_channels=pictures)
        assert (plan.input.channels, plan.output.channels) == channels
        assert pictures_of(plan, "fill") == channels[1]


@pytest.mark.parametrize("name", TASKS.builtin)
def test_a_plan_leads_back_to_the_pictures_it_was_made_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("CHANNELS", "auto"))
    for channels in (3,) if TASKS[name].pictures == "RGB" else (1, 3):
        plan = load(path).plan(name, picture_channels=channels)
        assert pictures_of(plan, name) == channels


def test_metrics_are_not_searched_over(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET.replace("CHANNELS", "auto"))
    study = tmp_path / "study.yaml"
    study.write_text("model: net.yaml\nspace: {train.metrics: {choice: [ssim, psnr]}}\n")
    (found,) = check_files([study]).diagnostics
    assert (found.code, found.message) == ("bad-path", "`train` has no `metrics` to search over")
