"""What the pages give to type can be typed: every command is known, and every block runs.

Commands run as they stand. Only the studies are little, and the program that they find as
``archsearch`` asks for few pictures, one epoch and four trials, and takes built-in photographs
where a download would be needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image
from typer.main import get_command

from archsearch.cli.app import app
from tests.docs.blocks import LANGUAGES, PAGES, ROOT, Block, blocks, commands, spans

MOST_NOT_RUN = 15
NAMES = [page.stem for page in PAGES]
PROGRAM: click.Command = get_command(app)
RUNNABLE = [page for page in PAGES if any(block.runs for block in blocks(page))]

BEFORE = {
    "apply": "archsearch train specs/unet.yaml --task denoise;"
    " archsearch train specs/unet-thin.yaml --task colorize --out runs/colors",
    "tasks": "archsearch study run studies/latent-vs-mse.yaml",
    "pipelines": "git init -q; for n in 1 2; do git add specs;"
    " git -c user.name=a -c user.email=a@b commit -qm $n --allow-empty; done",
}
"""What a page takes for granted."""


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and what is left of them."""
    command: click.Command = PROGRAM
    while words and isinstance(getattr(command, "commands", None), dict):
        assert words[0] in command.commands, words  # type: ignore[attr-defined]
        command, words = command.commands[words[0]], words[1:]  # type: ignore[attr-defined]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_each_block_says_what_it_is(page: Path) -> None:
    assert {block.language for block in blocks(page)} <= LANGUAGES
    assert page.read_text(encoding="utf-8").count("\n<!-- not run: ") == sum(
        bool(block.reason) for block in blocks(page)
    )


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_each_command_is_one_of_the_program_with_its_options(page: Path) -> None:
    for block in blocks(page):
        for words in commands(block.shell):
            command, rest = command_of(words)
            command.make_context("archsearch", rest)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_command_in_a_sentence_is_one_of_the_program(page: Path) -> None:
    for span in spans(page):
        if not span.startswith("-"):
            command, rest = command_of(span.split())
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, span


def test_few_blocks_are_not_run() -> None:
    left = [block for page in PAGES for block in blocks(page) if block.reason]
    assert len(left) <= MOST_NOT_RUN
    assert sum(block.runs for page in PAGES for block in blocks(page)) > 2 * len(left)


def test_a_wrong_command_would_be_found() -> None:
    (words,) = commands("FOO=1 true && archsearch study run a.yaml --workes 2 | cat\n")
    command, rest = command_of(words)
    with pytest.raises(Exception, match="No such option"):
        command.make_context("archsearch", rest)
    with pytest.raises(AssertionError):
        command_of(["study", "rum"])


def script(page: Path) -> str:
    """Everything to type on a page, as one script of bash; files first where it names them."""
    parts = ["set -euo pipefail", BEFORE.get(page.stem, "")]
    for number, block in enumerate(blocks(page)):
        if block.runs and block.language == "python":
            parts.append(written(f"block{number}.py", block) + f"python block{number}.py")
        elif block.runs:
            parts.append(block.shell)
        elif block.file and not (ROOT / block.file).exists():
            parts.append(written(block.file, block))
    return "\n".join(parts)


def written(path: str, block: Block) -> str:
    return f"cat > {path} <<'END_OF_FILE'\n{block.text}END_OF_FILE\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project with the gallery, and the pictures that pages speak of."""
    for folder in ("specs", "studies", "tests/extension"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for study in (tmp_path / "studies").glob("*.yaml"):
        study.write_text(little(study.read_text(encoding="utf-8")), encoding="utf-8")
    rng = np.random.default_rng(0)
    names = [f"my-pictures/{n:02}.jpg" for n in range(60)]
    for name in (*names, "holiday.jpg", "old-photo.jpg", "scans/1.png", "scans/1.tif"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        small = rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)
        Image.fromarray(small).resize((48, 40), Image.Resampling.BICUBIC).save(path)
    extension = (tmp_path / "study.yaml", "tests/docs/extension-study.yaml")
    shutil.copy(ROOT / extension[1], extension[0])
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("archsearch", "pip", "python"):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {called(name)} "$@"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def little(study: str) -> str:
    """A study with less to do, for scripts of Python; commands have options for it."""
    for name, number in {"limit": 60, "epochs": 1, "trials": 4, "seeds": 1}.items():
        study = re.sub(rf"\b{name}: \d+", f"{name}: {number}", study)
    return study


def called(name: str) -> str:
    return "" if name == "python" else f'"{ROOT}/tests/docs/{name}_for_pages.py"'


@pytest.mark.full
@pytest.mark.parametrize("page", RUNNABLE, ids=[page.stem for page in RUNNABLE])
def test_every_block_of_a_page_runs(page: Path, place: Path) -> None:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    python = os.pathsep.join([str(ROOT), str(place / "installed")])
    of_ours = {"PATH": path, "PYTHONPATH": python, "BROWSER": "true", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        ["bash", "-c", script(page)],
        cwd=place,
        env=os.environ | of_ours,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
