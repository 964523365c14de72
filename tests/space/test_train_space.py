"""Options of the optimizer as something to search over."""

import pytest

from archsearch.config import ChoiceDomain, FloatDomain, RunSettings
from archsearch.config.optimizers import Adam, Sgd
from archsearch.errors import InputError
from archsearch.space import Candidate, Rejection, SearchSpace

OPTIMIZERS = ChoiceDomain(choices=("adam", "sgd"))
MOMENTUM = FloatDomain(low=0.5, high=0.9, when='$(train.optimizer == "sgd")')


def space_of(make_space, domains: dict[str, object], **train: object) -> SearchSpace:
    plain = make_space({"last.conv.channels": ChoiceDomain(choices=(4, 8))})
    settings = RunSettings.model_validate({"train": train})
    return SearchSpace(plain.model, domains, (), settings)


def test_options_are_searched_where_the_optimizer_has_them(make_space) -> None:
    domains = {"train.optimizer": OPTIMIZERS, "train.optimizer.momentum": MOMENTUM}
    space = space_of(make_space, domains)
    point = {"train.optimizer": "adam", "train.optimizer.momentum": 0.7}
    for name, wanted in (("adam", Adam()), ("sgd", Sgd(momentum=0.7))):
        candidate = space.resolve(space.active(point | {"train.optimizer": name}))
        assert isinstance(candidate, Candidate)
        assert candidate.settings.train.optimizer == wanted


def test_an_option_of_the_studys_own_optimizer_needs_no_when(make_space) -> None:
    always = {"train.optimizer.momentum": FloatDomain(low=0.5, high=0.9)}
    candidate = space_of(make_space, always, optimizer="sgd").resolve(
        {"train.optimizer.momentum": 0.7}
    )
    assert candidate.settings.train.optimizer == Sgd(momentum=0.7)


def test_a_when_that_lets_an_option_to_another_optimizer_is_infeasible(make_space) -> None:
    loose = MOMENTUM.model_copy(update={"when": '$(train.optimizer != "rmsprop")'})
    space = space_of(make_space, {"train.optimizer": OPTIMIZERS, "train.optimizer.momentum": loose})
    outcome = space.resolve({"train.optimizer": "adam", "train.optimizer.momentum": 0.7})
    assert isinstance(outcome, Rejection)
    assert outcome.rule == "train-option"


def test_an_option_that_no_optimizer_of_the_study_has_is_refused(make_space) -> None:
    with pytest.raises(InputError, match="adam has no option `momentum`"):
        space_of(make_space, {"train.optimizer.momentum": MOMENTUM})


@pytest.mark.parametrize("names", [("asgd", "rmsprop"), ("rmsprop", "asgd")])
def test_a_value_suits_every_optimizer_that_may_draw_it(make_space, names) -> None:
    """Else the study would end at the first trial whose optimizer refuses it."""
    alpha = FloatDomain(low=0.5, high=5.0)
    domains = {"train.optimizer": ChoiceDomain(choices=names), "train.optimizer.alpha": alpha}
    with pytest.raises(InputError, match=r"`train.optimizer.alpha` can't be 5") as raised:
        space_of(make_space, domains)
    assert raised.value.help.startswith("for rmsprop, it must be < 1")
    only = alpha.model_copy(update={"when": '$(train.optimizer == "asgd")'})
    space = space_of(make_space, {**domains, "train.optimizer.alpha": only})
    outcome = space.resolve({"train.optimizer": "asgd", "train.optimizer.alpha": 5.0})
    assert isinstance(outcome, Candidate)
