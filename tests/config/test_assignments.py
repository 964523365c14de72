import pytest

from archsearch.config import TrainSettings, changed, parse_assignment, split_assignments
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
        ({"optimizer": "adma"}, "did you mean `adam`?"),
        ({"lr": "fast"}, "a number"),
        ({"lr": float("nan")}, ""),
    ]:
        with pytest.raises(InputError) as raised:
            changed(TrainSettings(), "train", changes)
        assert help in raised.value.help
