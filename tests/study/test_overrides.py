from pathlib import Path

import pytest
from toys import write_study

from archsearch.config import ChoiceDomain, SearchSettings
from archsearch.errors import InputError
from archsearch.space import SearchSpace, draw_design
from archsearch.study.overrides import overridden


def test_options_and_assignments_change_settings(tmp_path: Path) -> None:
    study = overridden(
        write_study(tmp_path),
        ["train.lr=1e-3", "search.trials=8", "budget.minutes=2", "data.limit=500"],
        {"train": {"epochs": 7, "lr": None}, "search": {"seeds": 3}, "data": {"source": None}},
    )
    settings = study.settings
    assert (settings.train.lr, settings.train.epochs) == (0.001, 7)
    assert (settings.search.trials, settings.search.seeds) == (8, 3)
    assert (settings.budget.minutes, settings.data.limit) == (2, 500)


def test_a_task_comes_with_its_options(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    noisy = overridden(study, ["task.sigma=0.3"], {"task": {"name": "denoise"}})
    assert noisy.settings.task.model_dump() == {"denoise": {"sigma": 0.3}}
    assert overridden(study, ["task=inpaint", "task.size=3"]).settings.task.size == 3
    assert overridden(noisy, [], {"task": {"name": None}}).settings.task == noisy.settings.task
    with pytest.raises(InputError, match=r"reconstruct has no option `task\.sigma`"):
        overridden(study, ["task.sigma=0.3"])


def test_an_option_beats_an_assignment(tmp_path: Path) -> None:
    study = overridden(write_study(tmp_path), ["train.epochs=3"], {"train": {"epochs": 5}})
    assert study.settings.train.epochs == 5


@pytest.mark.parametrize("path", ["last.conv.channels", "encoder[2].conv.channels"])
def test_a_searched_name_can_be_held_however_it_is_written(tmp_path: Path, path: str) -> None:
    study = overridden(write_study(tmp_path), [f"{path}=5"])
    assert study.settings.space["last.conv.channels"] == ChoiceDomain(choices=(5,))
    design = draw_design(
        SearchSpace.of(study.settings, study.model),
        SearchSettings(method="random", trials=6, seed=0),
    )
    assert {c.plan.latent.channels for c in design.candidates} == {5}


def test_a_field_of_the_model_becomes_part_of_the_study(tmp_path: Path) -> None:
    study = overridden(write_study(tmp_path), ["first.conv.norm=batch"])
    assert study.settings.space["first.conv.norm"] == ChoiceDomain(choices=("batch",))


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("train.seed=3", "has no meaning in a study"),
        ("train.epohcs=3", "train.epohcs"),
        ("search.trials=0", "search.trials"),
        ("nowhere.conv.channels=3", "nowhere"),
    ],
)
def test_what_leads_nowhere_is_refused(tmp_path: Path, assignment: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        overridden(write_study(tmp_path), [assignment])


def test_the_size_of_pictures_can_be_held_but_not_searched(tmp_path: Path) -> None:
    study = overridden(write_study(tmp_path), ["input.height=16", "input.channels=1"])
    space = SearchSpace.of(study.settings, study.model)
    assert space.default_plan().input.as_tuple() == (1, 16, 8)
    several = {**study.settings.space, "input.height": ChoiceDomain(choices=(8, 16))}
    with pytest.raises(InputError, match=r"space.input.height: pictures can't be searched over"):
        SearchSpace.of(study.settings.model_copy(update={"space": several}), study.model)
