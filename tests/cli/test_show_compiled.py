"""``show --compiled``: which rewrites apply to which layers."""

import json
from pathlib import Path

import pytest

from archsearch.cli import main

NINE = str(Path(__file__).parents[2] / "specs" / "acml-nine-layer.yaml")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["show", NINE, *arguments])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_json_names_passes_and_layers(capsys) -> None:
    given = json.loads(shown(capsys, "--compiled", "--json"))
    assert {"pass": "pool before activation", "layers": ["encoder[0].conv", "encoder[1].pool"]} in (
        given["compiled"]
    )
    assert {
        "pass": "upsample and conv at low resolution",
        "layers": ["decoder[0].upsample", "decoder[1].conv"],
    } in given["compiled"]
    assert "compiled" not in json.loads(shown(capsys, "--json"))


def test_text_names_passes_and_layers(capsys) -> None:
    text = shown(capsys, "--compiled")
    assert "upsample and conv at low resolution" in text
    assert "layers 6 upsample + 7 conv" in text
