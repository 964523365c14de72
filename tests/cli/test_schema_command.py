"""``archsearch schema`` prints what the files in schemas/ hold."""

import json

import pytest

from archsearch.cli import main


@pytest.mark.parametrize("what", ["model", "study"])
def test_a_schema_is_printed(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["schema", what])
    assert done.value.code == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert shown["additionalProperties"] is False


def test_there_are_two_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["schema", "zonk"])
    assert done.value.code == 2
    assert "'model', 'study'" in capsys.readouterr().err
