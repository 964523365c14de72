"""``show --compiled``: who trains, and which rewrites of torch's path apply to which layers."""

import json
from pathlib import Path

import pytest

from archsearch.cli import main

NINE = str(Path(__file__).parents[2] / "specs" / "acml-nine-layer.yaml")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, spec: str = NINE) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["show", spec, *arguments])
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
    assert (given["engine"], given["engine_reason"]) == ("native", None)
    plain = json.loads(shown(capsys, "--json"))
    assert given.keys() - plain.keys() == {"compiled", "engine", "engine_reason"}


def test_text_names_passes_and_layers(capsys) -> None:
    text = shown(capsys, "--compiled")
    assert "upsample and conv at low resolution" in text
    assert "layers 6 upsample + 7 conv" in text
    lines = text.splitlines()
    assert lines.index("engine      native") < lines.index(
        "torch       rewrites it: the same function and gradients, less work"
    )


def test_where_torch_trains_it_says_why(capsys, monkeypatch) -> None:
    bins = ("--task", "colorize-bins", "--compiled")
    assert "\nengine      torch, because its task has a loss of its own\n" in shown(capsys, *bins)
    told = json.loads(shown(capsys, *bins, "--json"))
    assert told["engine"] == "torch"
    assert told["engine_reason"] == "its task has a loss of its own"
    monkeypatch.setattr("archsearch.engine.support.missing", lambda: "llvmlite isn't installed")
    assert "engine      torch, because llvmlite isn't installed\n" in shown(capsys, "--compiled")


def test_a_net_that_stays_as_it_is(capsys, tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    conv = "conv: {channels: auto, kernel: 3}"
    head = "name: plain\ninput: {channels: auto, height: 8, width: 8}\n"
    spec.write_text(f"{head}encoder: [conv: {{channels: 2}}]\ndecoder: [{conv}]\n")
    assert "torch       as it is: no rewrite" in shown(capsys, "--compiled", spec=str(spec))
