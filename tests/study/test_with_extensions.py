"""Studies with a source and a search method of an installed package, or passed from Python."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from toys import SPACE, ToyTrainer, write_study

import archsearch
from archsearch.config import SEARCHES, SearchMethod, SearchSettings, load_study
from archsearch.errors import ExtensionError
from archsearch.extensions import forget_installed
from archsearch.records import load_run, load_studies, trial_counts
from archsearch.records import load_study as read_study
from archsearch.study import RunOptions, run_study
from archsearch.study.store.stored import awaited_study, stored_study
from tests.extension_packages import install

CODE = """
import hashlib

import numpy as np
from optuna.samplers import RandomSampler

from archsearch.config import SearchMethod, SourceKind, SourceRequest
from archsearch.data.source import Content

DOTS = SourceKind("dots", "single dots", "dots_and_walks:Dots", argument="COUNT")
WALK = SearchMethod("walk", sampler="dots_and_walks:walk")
CORNERS = SearchMethod("corners", design="dots_and_walks:corners")


class Dots:
    channels = 3
    has_parts = False

    def __init__(self, request: SourceRequest) -> None:
        self.count = int(request.argument)
        self.name = f"dots:{self.count}"

    def signature(self):
        return hashlib.sha256(self.name.encode()).hexdigest()

    def read(self, height, width, allocate, progress):
        images = allocate(self.count, 3)
        images[:] = np.random.default_rng(0).integers(0, 256, images.shape, dtype=np.uint8)
        progress(self.count, self.count)
        return Content(images, note="dots")


def walk(search, dimensions, seed):
    return RandomSampler(seed=seed)


def corners(space, search):
    for end in (0, -1):
        for first in (0, -1):
            yield {"first.conv.channels": (2, 9)[first], "last.conv.channels": (1, 16)[end],
                   "defaults.conv.kernel": 3}
"""
POINTS = {
    "archsearch.sources": {"dots": "dots_and_walks:DOTS"},
    "archsearch.searches": {"walk": "dots_and_walks:WALK", "corners": "dots_and_walks:CORNERS"},
}
MISSING = "sources.dots of dots-and-walks 1.0"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the package, on the path of this test alone."""
    folder = tmp_path / "site"
    install(folder, "dots-and-walks", POINTS, CODE)
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(folder)
    forget_installed()
    yield folder
    forget_installed()
    sys.modules.pop("dots_and_walks", None)


@pytest.fixture
def made(tmp_path: Path, site: Path, url: str) -> str:
    """The storage of a study that waits for its workers."""
    study = write_study(tmp_path, method="walk", trials=2)
    path = tmp_path / "study.yaml"
    path.write_text(path.read_text().replace("photos", "dots:60"))
    assert study.settings.search.method == "walk"
    run_study(load_study(path), url, options=RunOptions(workers=0))
    return url


def uninstall(site: Path) -> None:
    shutil.rmtree(site)
    forget_installed()


def waits(seconds: float) -> None:
    raise AssertionError("waiting installs nothing")


def start_worker(url: str, path: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "archsearch", "study", "worker", "toys", "--storage", url]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_worker_without_the_extension_says_so_and_the_other_goes_on(
    made: str, site: Path
) -> None:
    without, with_it = start_worker(made, ""), start_worker(made, str(site))
    _, told = without.communicate(timeout=60)
    assert without.returncode == 2, told
    assert "study 'toys' was made with extensions that aren't here" in told
    assert MISSING in told
    assert "searches.walk of dots-and-walks 1.0" in told
    assert "install dots-and-walks 1.0 here" in told
    _, told = with_it.communicate(timeout=120)
    assert with_it.returncode == 0, told
    record = read_study(made, "toys")
    assert trial_counts(record)["complete"] == 2
    assert record.source_note == "dots"


def test_whoever_reads_or_resumes_the_study_is_told(
    made: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {"sources.dots": "dots-and-walks 1.0", "searches.walk": "dots-and-walks 1.0"}
    assert read_study(made, "toys").extensions == expected
    study = stored_study(made, "toys")
    uninstall(site)
    monkeypatch.setattr("archsearch.study.store.stored.time.sleep", waits)
    for attempt in (
        lambda: read_study(made, "toys"),
        lambda: stored_study(made, "toys"),
        lambda: awaited_study(made, "toys", 60.0),
    ):
        with pytest.raises(ExtensionError) as error:
            attempt()
        assert MISSING in str(error.value)
    found, unreadable = load_studies(made)
    assert found == ()
    assert MISSING in unreadable[0].reason
    with pytest.raises(ExtensionError, match="search method `walk` isn't here any more"):
        run_study(study, made, trainer=ToyTrainer(site.parent / "log"))
    drawn = study.settings.model_copy(update={"search": SearchSettings(trials=2)})
    with pytest.raises(ExtensionError, match="study 'toys' was made with extensions"):
        run_study(replace(study, settings=drawn), made, trainer=ToyTrainer(site.parent / "log"))


def test_another_version_is_noted_and_let_through(
    made: str, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    uninstall(site)
    install(site, "dots-and-walks", POINTS, CODE, version="1.1")
    forget_installed()
    with caplog.at_level(logging.WARNING):
        assert read_study(made, "toys").planned == 2
    notes = [record.getMessage() for record in caplog.records]
    assert notes == ["study 'toys' was made with dots-and-walks 1.0; here is dots-and-walks 1.1"]


@pytest.mark.usefixtures("site", "inline")
def test_a_design_of_a_package_gives_the_points(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(tmp_path, method="corners", trials=4)
    record = run_study(study, url, options=RunOptions(threads=1), trainer=ToyTrainer(log))
    assert record.designed
    ends = {
        (t.values["first.conv.channels"], t.values["last.conv.channels"]) for t in record.trials
    }
    assert ends == {(2, 1), (9, 1), (2, 16), (9, 16)}


def no_sampler(*_: object) -> dict[str, object]:
    return {}


PASSED = SearchMethod("passed-walk", sampler="toys:random_sampler")


def test_a_method_passed_from_python_reaches_the_worker_processes(
    tmp_path: Path, url: str, log: Path
) -> None:
    with archsearch.extended(PASSED):
        study = write_study(tmp_path, space=SPACE, method="passed-walk", trials=3)
    record = run_study(
        study, url, options=RunOptions(threads=1), trainer=ToyTrainer(log), extensions=[PASSED]
    )
    assert trial_counts(record)["complete"] == 3
    assert record.extensions == {"searches.passed-walk": "Python"}
    with pytest.raises(ExtensionError, match="passed from Python"):
        read_study(url, "toys")


def test_what_no_worker_could_find_again_is_refused(tmp_path: Path, url: str, log: Path) -> None:
    lambdas = replace(PASSED, sampler=lambda *_: None)
    with archsearch.extended(lambdas):
        study = write_study(tmp_path, method="passed-walk")
    with pytest.raises(
        ExtensionError, match="`passed-walk` of the searches can't be passed to worker processes"
    ):
        run_study(study, url, trainer=ToyTrainer(log), extensions=[lambdas])


def test_a_method_that_gives_no_sampler_is_told(tmp_path: Path) -> None:
    from archsearch.study.search.samplers import make_sampler

    with (
        archsearch.extended(replace(PASSED, sampler=no_sampler)),
        pytest.raises(ExtensionError, match="gave a dict, not a sampler"),
    ):
        make_sampler(SearchSettings(method="passed-walk"), 2, 0)


def test_a_method_is_either_a_design_or_a_sampler() -> None:
    with pytest.raises(ExtensionError, match="either a design or a sampler"):
        SearchMethod("neither")
    assert [name for name, one in SEARCHES.items() if one.adaptive] == [
        "tpe", "nsga2", "gp", "cmaes",
    ]  # fmt: skip


def test_a_method_goes_over_what_a_study_can_name() -> None:
    with pytest.raises(ExtensionError, match=r"goes over `latent\.sice`") as caught:
        SearchMethod("odd", design="toys:odd", over=("latent.sice",))
    assert "latent.size" in caught.value.help


def test_a_run_says_what_it_was_made_with(tmp_path: Path, site: Path) -> None:
    from archsearch.config import DataSettings, RunSettings, TrainSettings
    from archsearch.data import load_pictures
    from archsearch.train import train_run

    write_study(tmp_path)
    plan = archsearch.load(tmp_path / "toy.yaml").plan()
    settings = RunSettings(data=DataSettings(source="dots:60"), train=TrainSettings(epochs=1))
    pictures = load_pictures(settings.data, height=8, width=8)
    out = tmp_path / "run"
    train_run(plan, settings, pictures, out=out, threads=1)
    told = {"sources.dots": "dots-and-walks 1.0"}
    assert json.loads((out / "metrics.json").read_text())["extensions"] == told
    assert load_run(out).extensions == told
    uninstall(site)
    with pytest.raises(ExtensionError, match=f"{out} was made with extensions"):
        load_run(out)


def test_ray_carries_it_by_reference_too() -> None:
    cloudpickle = pytest.importorskip("ray.cloudpickle")
    carried = cloudpickle.dumps(PASSED)
    assert b"toys:random_sampler" in carried
    assert cloudpickle.loads(carried) == PASSED
