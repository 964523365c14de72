import pytest

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain
from archsearch.errors import InputError
from archsearch.space import Candidate, Rejection

CHANNELS = IntDomain(low=1, high=64)
KERNEL = ChoiceDomain(choices=(3, 9))


def test_values_become_a_plan(make_space) -> None:
    space = make_space({"last.conv.channels": CHANNELS})
    candidate = space.resolve({"last.conv.channels": 7})
    assert isinstance(candidate, Candidate)
    assert candidate.plan.latent.size == 7 * 4 * 4


def test_values_of_train_become_settings_and_part_of_the_key(make_space) -> None:
    space = make_space({"train.lr": FloatDomain(low=1e-4, high=1e-1, log=True)})
    slow, fast = space.resolve({"train.lr": 0.001}), space.resolve({"train.lr": 0.01})
    assert isinstance(slow, Candidate)
    assert isinstance(fast, Candidate)
    assert (slow.settings.train.lr, fast.settings.train.lr) == (0.001, 0.01)
    assert slow.plan.key == fast.plan.key
    assert slow.key != fast.key


def test_a_setting_that_is_not_allowed_names_itself(make_space) -> None:
    space = make_space({"train.lr": FloatDomain(low=0.1, high=1000)})
    with pytest.raises(InputError, match=r"train\.lr"):
        space.resolve({"train.lr": 1000.0})


def test_pictures_and_task_are_not_searched(make_space) -> None:
    with pytest.raises(InputError, match=r"space\.data\.limit.*can't be compared"):
        make_space({"data.limit": IntDomain(low=10, high=20)})


def test_what_gives_no_model_is_rejected_by_its_code(make_space) -> None:
    space = make_space(
        {"last.conv.kernel": KERNEL, "last.conv.padding": ChoiceDomain(choices=(0,))}
    )
    outcome = space.resolve({"last.conv.kernel": 9, "last.conv.padding": 0})
    assert isinstance(outcome, Rejection)
    assert outcome.rule == "shape-nonpositive"
    assert outcome.violations == {"structure": 1.0}


def test_constraints_are_graded_by_how_far_off_they_are(make_space) -> None:
    space = make_space({"last.conv.channels": CHANNELS}, "latent.size <= 160", "params < 10_000")
    near, far = (space.resolve({"last.conv.channels": n}) for n in (11, 64))
    assert isinstance(near, Rejection)
    assert isinstance(far, Rejection)
    assert near.rule == "latent.size <= 160"
    assert near.violations["latent.size <= 160"] == pytest.approx(16 / 176)
    assert 0 < near.violations["latent.size <= 160"] < far.violations["latent.size <= 160"]
    assert near.violations.keys() == far.violations.keys()
    fine = space.resolve({"last.conv.channels": 10})
    assert isinstance(fine, Candidate)
    assert fine.violations["latent.size <= 160"] == 0.0
    assert -1 < fine.violations["params < 10_000"] < 0  # room to spare


@pytest.mark.parametrize(
    ("constraint", "feasible"),
    [
        ("latent.size >= 64", True),
        ("latent.size < 64", False),
        ("64 > latent.size", False),
        ("encoder_depth == 2", True),
        ("latent.size > 8 and latent.height == 4", True),
        ("latent.size > 8 and latent.height == 5", False),
        ("first.channels >= last.channels", True),
        ("bottleneck.size >= latent.size", True),
        ("bottleneck.size > latent.size", False),
        ("bottleneck.size == 64", True),
        ("macs < 1", False),
        ("middle.channels > 1", False),  # this candidate has no such layer
    ],
)
def test_constraints_speak_of_costs_latent_and_named_layers(
    make_space, constraint: str, feasible: bool
) -> None:
    space = make_space({"last.conv.channels": CHANNELS}, constraint)
    outcome = space.resolve({"last.conv.channels": 4})
    assert isinstance(outcome, Candidate) is feasible
    if isinstance(outcome, Rejection):
        assert outcome.violations[constraint] > 0


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ("latent.size <=", "a value is missing"),
        ("size < 3", "nothing is named `size`"),
        ("latent.size + 1", "neither true nor false"),
    ],
)
def test_constraints_without_meaning_are_refused(make_space, constraint: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_space({"last.conv.channels": CHANNELS}, constraint).resolve({"last.conv.channels": 4})
