"""What docs/many-machines.md shows works as it stands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from archsearch.config import load_study

PAGE = (Path(__file__).parents[2] / "docs" / "many-machines.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_scripts_are_bash() -> None:
    scripts = blocks("sh") + blocks("bash")
    assert len(scripts) == 5
    for script in scripts:
        checked = subprocess.run(["bash", "-n"], input=script, text=True, check=False)
        assert checked.returncode == 0, script


def test_the_manifest_holds_a_study_that_loads(tmp_path: Path) -> None:
    (manifest,) = blocks("yaml")
    secret, files, job = yaml.safe_load_all(manifest)
    assert [part["kind"] for part in (secret, files, job)] == ["Secret", "ConfigMap", "Job"]
    for name, text in files["data"].items():
        (tmp_path / name).write_text(text)
    study = load_study(tmp_path / "study.yaml")
    assert study.settings.name == files["metadata"]["name"]
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    assert f"study worker {study.settings.name} " in container["args"][0]
    reference = container["env"][0]["valueFrom"]["secretKeyRef"]
    assert reference == {"name": secret["metadata"]["name"], "key": "url"}
    assert "url" in secret["stringData"]


def test_every_option_on_the_page_exists() -> None:
    from typer.main import get_command

    from archsearch.cli.study import app

    known = {
        option
        for command in get_command(app).commands.values()  # type: ignore[attr-defined]
        for parameter in command.params
        for option in parameter.opts
    }
    shown = re.findall(r"archsearch study (?:run|worker)[^`&#]*", PAGE, re.DOTALL)
    options = {word for text in shown for word in re.findall(r"--[a-z-]+", text.split("```")[0])}
    assert options - {"--pwprompt"} <= known
