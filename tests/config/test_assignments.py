import pytest

from archsearch.config import TrainSettings, changed, parse_assignment, split_assignments
from archsearch.config.optimizers import Adam, Sgd
from archsearch.errors import InputError
from archsearch.spec import Raw


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("width=8", "width", 8),
        (" width = 8 ", "width", 8),
        ("train.lr=1e-3", "train.lr", 0.001),
        ("down=stride", "down", "stride"),
        ("residual=true", "residual", True),
        ("residual=no", "residual", "no"),
        ("code='8'", "code", "8"),
        ("early.conv.kernel=[3, 5]", "early.conv.kernel", (3, 5)),
        ("encoder[0].conv.kernel=0o17", "encoder[0].conv.kernel", 15),
        ("data.source=folder:/a=b", "data.source", "folder:/a=b"),
        ("a=1.5", "a", 1.5),
    ],
)
def test_parse_assignment(text: str, path: str, value: Raw):
    found = parse_assignment(text)
    assert found == (path, value)
    assert type(found[1]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "width",
        "=8",
        "width=",
        "width=~",
        "width={a: 1}",
        "width=[[1]]",
        "width=[1",
        "a=1\nb: 2",
        "a=*x",
        "a=!!python/object:os.system ls",
        "a=\x07",
        "a=&x 1\n- b",
    ],
)
def test_refused_assignments(text: str):
    with pytest.raises(InputError) as raised:
        parse_assignment(text)
    assert raised.value.help


def test_assignments_are_split_by_head():
    settings, model = split_assignments(
        [("train.lr", 0.1), ("data.limit", 20), ("width", 8), ("early.conv.kernel", 3)]
    )
    assert settings == {"train": {"lr": 0.1}, "data": {"limit": 20}, "task": {}}
    assert model == {"width": 8, "early.conv.kernel": 3}


def test_settings_are_checked_again():
    assert changed(TrainSettings(), "train", {"epochs": 3.0}).epochs == 3
    for changes, help in [
        ({"epochs": 0}, "≥ 1"),
        ({"epoch": 3}, "did you mean `epochs`?"),
        ({"optimizer": "adem"}, "did you mean `adam`?"),
        ({"lr": "fast"}, "a number"),
        ({"lr": float("nan")}, ""),
    ]:
        with pytest.raises(InputError) as raised:
            changed(TrainSettings(), "train", changes)
        assert help in raised.value.help


def test_options_have_paths_of_their_own():
    told = {"optimizer.momentum": 0.8, "optimizer": "sgd"}
    sgd = changed(TrainSettings(), "train", told)
    assert sgd.optimizer == Sgd(momentum=0.8)
    assert changed(sgd, "train", {"optimizer": "sgd", "lr": 0.1}).optimizer == sgd.optimizer
    assert changed(sgd, "train", {"optimizer": "adam"}).optimizer == Adam()
    kept = changed(sgd, "train", {"optimizer.nesterov": False}).optimizer
    assert kept == Sgd(momentum=0.8, nesterov=False)


@pytest.mark.parametrize(
    ("changes", "what", "help"),
    [
        ({"optimizer.momentum": 0.8}, "adam has no option `train.optimizer.momentum`", "betas"),
        (
            {"optimizer": "sgd", "optimizer.momentum": 2},
            "`train.optimizer.momentum` = 2 is not allowed",
            "it must be < 1",
        ),
        ({"optimizer": "Muon"}, "`train.optimizer` = 'Muon' is not allowed", "for matrices"),
        ({"optimiser.eps": 1}, "there is no `train.optimiser.eps`", "did you mean `optimizer`?"),
        (
            {"early_stopping.patiens": 3},
            "there is no `train.early_stopping.patiens`",
            "did you mean `patience`?",
        ),
    ],
)
def test_an_option_that_is_not_there_is_named(changes, what, help):
    with pytest.raises(InputError) as raised:
        changed(TrainSettings(), "train", changes)
    assert raised.value.what == what
    assert help in raised.value.help


def test_trackers_stay_though_they_are_not_stored():
    told = TrainSettings(log=["tensorboard"])
    assert changed(told, "train", {"epochs": 3}).log == told.log
    assert changed(told, "train", {"log": "wandb"}).log == TrainSettings(log="wandb").log


def test_what_earlier_versions_stored_is_what_is_stored():
    before = TrainSettings(optimizer={"adam": {"betas": (None, 0.999)}})
    assert '"optimizer":"adam"' in before.model_dump_json()
    for one in (before, TrainSettings(), TrainSettings(optimizer={"adam": {"betas": (0.8, 0.99)}})):
        assert TrainSettings.model_validate_json(one.model_dump_json()) == one


def test_what_was_begun_keeps_the_beta_that_it_began_with():
    begun = TrainSettings.model_validate_json('{"optimizer": "adam"}')
    assert begun.optimizer.betas == (None, 0.999)
    assert TrainSettings().as_begun(begun).optimizer == begun.optimizer
    assert TrainSettings(optimizer="adam").as_begun(begun).optimizer == begun.optimizer
    given = TrainSettings(optimizer={"adam": {"betas": (0.9, 0.95)}})
    assert given.as_begun(begun).optimizer == given.optimizer
    other = TrainSettings(optimizer="adamw")
    assert other.as_begun(begun).optimizer == other.optimizer
