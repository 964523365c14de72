"""Trainings that are killed at a chosen file operation, and what they leave.

    python killed.py SPEC FOLDER ENGINE HARM:PLACE…

One process loads torch and forks a child for each place; the child kills itself just
before the PLACEth time that it opens for writing, renames or removes a file in its run
directory. HARM is a file that a finished run lost before, or "nothing" for a first training.
For each place a JSON line is printed: whether the child was killed, what loading the run said
then, and whether the same command then ended with the numbers of an unbroken run. PLACE 0
kills nowhere; its line has the count of places.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from made import left, made_pictures, settings
from PIL import Image

from archsearch.config import load
from archsearch.errors import ArchsearchError
from archsearch.files import write_bytes
from archsearch.records import load_run
from archsearch.records.run_files import RunFiles
from archsearch.spec import ModelPlan
from archsearch.train import load_model, train_run
from archsearch.train.run_folder import run

Train = Callable[[Path], None]

EPOCHS = 2
COUNTED = {"os.rename", "os.remove"}


def without_figures() -> None:
    """Drawing takes a second and does nothing that matters here but writing a file."""
    run.draw_curves = lambda path, *_: write_bytes(path, b"curves")
    run.draw_pictures = lambda path, *_: write_bytes(path, b"pictures")


def train(plan: ModelPlan, engine: str, out: Path) -> None:
    train_run(plan, settings(epochs=EPOCHS, engine=engine), made_pictures(40), out, threads=1)


def in_child(what) -> int:
    """Run it in a fork; give how that ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            what()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(place: int, out: Path, count: Path) -> None:
    """Count what changes files in ``out``, and end at once at the ``place``th."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE
        if (writes or event in COUNTED) and str(arguments[0]).startswith(f"{out}{os.sep}"):
            seen += 1
            if seen == place:
                os.kill(os.getpid(), signal.SIGKILL)
            if place == 0:
                count.write_text(str(seen))

    sys.addaudithook(hook)


def state(out: Path) -> str:
    """What commands that read the run say."""
    try:
        load_run(out)
        load_model(out)
    except ArchsearchError as error:
        return str(error)
    return "whole"


def numbers(out: Path) -> object:
    """What the run holds; with the names of all its files, since drafts of the killed must go."""
    return left(out), RunFiles(out).lost(), {path.name for path in out.iterdir()}


def tried(train: Train, folder: Path, harm: str, place: int) -> dict[str, object]:
    whole, out, count = folder / "whole", folder / f"{harm}-{place}", folder / f"{harm}-count"
    if harm != "nothing":
        shutil.copytree(whole, out)
        (out / harm).unlink()

    def broken_off() -> None:
        kill_at(place, out, count)
        train(out)

    killed = in_child(broken_off) == -signal.SIGKILL
    said = state(out)
    same = in_child(lambda: train(out)) == 0 and numbers(out) == numbers(whole)
    counted = int(count.read_text()) if place == 0 else 0
    return {"harm": harm, "killed": killed, "said": said, "same": same, "count": counted}


def main(spec: Path, folder: Path, engine: str, places: list[str]) -> None:
    without_figures()
    Image.init()
    same = partial(train, load(spec).plan(), engine)
    assert in_child(lambda: same(folder / "whole")) == 0
    for each in places:
        harm, _, place = each.partition(":")
        print(json.dumps(tried(same, folder, harm, int(place))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
