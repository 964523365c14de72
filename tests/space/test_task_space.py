"""Tasks and their options as something to search over."""

import pytest

from archsearch.config import ChoiceDomain, FloatDomain, RunSettings, StudySettings, read_task
from archsearch.errors import InputError
from archsearch.space import Candidate, Rejection, SearchSpace
from tests.space.drawing import draw_design

COLORS = ChoiceDomain(choices=("colorize", "colorize-chroma", "colorize-bins"))
LOSSES = ChoiceDomain(choices=("mse", "l1", "huber"))
NOT_BINS = LOSSES.model_copy(update={"when": '$(task != "colorize-bins")'})
REBALANCE = FloatDomain(low=0, high=0.9, when='$(task == "colorize-bins")')


def space_of(make_space, domains: dict[str, object], task: object = "colorize") -> SearchSpace:
    plain = make_space({"last.conv.channels": ChoiceDomain(choices=(4, 8))})
    settings = RunSettings(task=read_task(task))
    return SearchSpace(plain.model, domains, (), settings)


def test_a_candidates_plan_and_settings_follow_its_task(make_space) -> None:
    space = space_of(make_space, {"task": COLORS, "task.rebalance": REBALANCE})
    wants = {}
    for name in COLORS.choices:
        values = {"task": name} | ({"task.rebalance": 0.25} if name == "colorize-bins" else {})
        candidate = space.resolve(values)
        assert isinstance(candidate, Candidate)
        assert candidate.settings.task.name == name
        assert candidate.plan.input.channels == 1
        wants[name] = candidate.plan.output.channels
    assert wants == {"colorize": 3, "colorize-chroma": 2, "colorize-bins": 93}
    assert candidate.settings.task.rebalance == 0.25
    assert space.default_plan().output.channels == 3


def test_losses_are_searched_only_where_there_is_a_choice(make_space) -> None:
    domains = {"task": COLORS, "train.loss": NOT_BINS}
    space = space_of(make_space, domains)
    assert space.size == 3 + 3 + 1
    design = draw_design(space, "random", 7, 0)
    found = {(c.settings.task.name, c.settings.train.loss) for c in design.candidates}
    assert len(found) == 7
    assert ("colorize-bins", "mse") in found


def test_without_a_when_the_contradiction_is_infeasible(make_space) -> None:
    space = space_of(make_space, {"task": COLORS, "train.loss": LOSSES})
    outcome = space.resolve({"task": "colorize-bins", "train.loss": "l1"})
    assert isinstance(outcome, Rejection)
    assert outcome.rule == "task-loss"
    design = draw_design(space, "random", 7, 0)
    assert all(
        c.settings.train.loss == "mse"
        for c in design.candidates
        if c.settings.task.name == "colorize-bins"
    )


def test_a_when_that_lets_an_option_to_another_task_is_infeasible(make_space) -> None:
    loose = FloatDomain(low=0, high=0.9, when='$(task != "colorize")')
    space = space_of(make_space, {"task": COLORS, "task.rebalance": loose})
    outcome = space.resolve({"task": "colorize-chroma", "task.rebalance": 0.5})
    assert isinstance(outcome, Rejection)
    assert outcome.rule == "task-option"


def test_an_option_of_the_studys_own_task_needs_no_when(make_space) -> None:
    keep = {"task.keep_luminance": ChoiceDomain(choices=(True, False))}
    candidate = space_of(make_space, keep).resolve({"task.keep_luminance": True})
    assert isinstance(candidate, Candidate)
    assert candidate.settings.task.keep_luminance is True


@pytest.mark.parametrize(
    ("task", "domains", "told"),
    [
        ("denoise", {"task.sigma": FloatDomain(low=0, high=1)}, "errors on different inputs can't"),
        (
            "inpaint",
            {"task.size": ChoiceDomain(choices=(3, 4))},
            "errors on different inputs can't",
        ),
        ("colorize", {"task": ChoiceDomain(choices=("colorize", "denoise"))}, "beside other tasks"),
        ("reconstruct", {"task": COLORS}, "isn't among those searched over"),
        ("colorize", {"task": COLORS, "task.grid": ChoiceDomain(choices=(8,))}, "option of color"),
        ("colorize", {"task.grid": ChoiceDomain(choices=(8,))}, "has no option `grid`"),
        ("colorize-bins", {"task.grid": ChoiceDomain(choices=(8, 1))}, "can't be 1"),
    ],
)
def test_what_would_not_compare_is_refused_and_says_why(make_space, task, domains, told) -> None:
    with pytest.raises(InputError) as caught:
        space_of(make_space, domains, task)
    assert told in f"{caught.value.what} {caught.value.help}"


def test_settings_of_earlier_versions_are_read() -> None:
    stored = {"name": "x", "model": "m", "space": {}, "task": {"name": "reconstruct"}}
    assert StudySettings.model_validate(stored).task == read_task("reconstruct")
