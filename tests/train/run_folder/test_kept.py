"""Baselines are measured once for pictures, task and latent, and kept in the cache."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from archsearch import tasks
from archsearch.data import Pictures
from archsearch.records.baselines import Baselines
from archsearch.tasks.baselines import linear_codes, of_task
from archsearch.train import fit, kept, kept_baselines, kept_pca_curve, train_run
from tests.train.made import PLAIN, made_pictures, settings

pytestmark = pytest.mark.usefixtures("quickly_drawn")
WIDER = PLAIN.replace("channels: 4", "channels: 5")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "baselines"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fingerprints of the pictures that baselines were measured on."""
    seen: list[str] = []
    measure = fit.__globals__["task_baselines"]

    def counted(recipe, pictures, *rest):
        seen.append(pictures.fingerprint)
        return measure(recipe, pictures, *rest)

    monkeypatch.setitem(fit.__globals__, "task_baselines", counted)
    return seen


@pytest.fixture
def trained(plan_from, tmp_path: Path) -> Iterator:
    count = iter(range(100))

    def train(spec: str = PLAIN, pictures: Pictures | None = None, **recipe: object) -> Baselines:
        task = recipe.pop("task", "reconstruct")
        out = tmp_path / f"run-{next(count)}"
        plan = plan_from(spec, task if isinstance(task, str) else "denoise")
        given = pictures or made_pictures()
        return train_run(plan, settings(task, epochs=1, **recipe), given, out).baselines

    return train


def test_the_second_run_takes_those_of_the_first(trained, measured) -> None:
    first = trained()
    assert trained(loss="l1", batch_size=8) == first
    assert len(measured) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"spec": WIDER},
        {"pictures": made_pictures(seed=1)},
        {"task": "denoise"},
    ],
    ids=["latent", "pictures", "task"],
)
def test_other_baselines_are_measured(trained, measured, other) -> None:
    first = trained()
    assert trained(**other) != first
    assert len(measured) == 2


def test_the_noise_decides_too(trained, measured) -> None:
    for sigma in (0.1, 0.2):
        trained(task={"denoise": {"sigma": sigma}})
    assert len(measured) == 2


def forget_what_this_process_measured() -> None:
    linear_codes._codes.cache_clear()
    of_task._measured.cache_clear()


def test_pictures_with_a_borrowed_fingerprint_are_told_from_theirs(trained, measured) -> None:
    first = trained()
    pictures = made_pictures()
    darker = made_pictures()
    object.__setattr__(darker, "images_NCHW", pictures.images_NCHW // 2)
    forget_what_this_process_measured()
    assert trained(pictures=darker) != first
    assert len(measured) == 2


@pytest.mark.parametrize("damage", ["number", "half", "empty", "folder"])
def test_a_damaged_file_is_measured_anew(trained, measured, cache: Path, damage: str) -> None:
    first = trained()
    (file,) = cache.iterdir()
    content = file.read_text()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage == "number":
        stored = json.loads(content)
        stored["measured"] = stored["measured"].replace("0", "1")
        file.write_text(json.dumps(stored))
    else:
        file.write_text(content[: len(content) // 2] if damage == "half" else "")
    assert trained() == first
    assert len(measured) == 2


def test_a_cache_that_cannot_be_written_costs_only_time(trained, measured, cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert trained() == trained()
    assert len(measured) == 2


def test_they_are_those_that_are_measured_without_a_cache(trained, plan_from) -> None:
    trained()
    threads = torch.get_num_threads()
    fresh = fit(plan_from(PLAIN), settings(epochs=1), made_pictures(), threads=threads)
    assert trained() == fresh.result.baselines


def test_a_study_measures_only_what_is_new(plan_from, monkeypatch) -> None:
    plans = [plan_from(PLAIN), plan_from(WIDER)]
    recipe, pictures = settings(), made_pictures()
    latents: list[int] = []
    measure = tasks.task_baselines

    def counted(recipe, pictures, asked, *rest):
        latents.extend(latent.channels for latent in asked)
        return measure(recipe, pictures, asked, *rest)

    monkeypatch.setattr(tasks, "task_baselines", counted)
    first = kept_baselines(recipe, pictures, plans[1:])
    both = kept_baselines(recipe, pictures, plans)
    assert latents == [5, 4]
    assert both[1] == first[0] == measure(recipe, pictures, [plans[1].latent])[0]
    means: list[str] = []
    mean = tasks.channel_mean
    monkeypatch.setattr(tasks, "channel_mean", lambda of: (means.append("once"), mean(of))[1])
    assert kept_baselines(recipe, pictures, plans) == both
    assert latents == [5, 4]
    assert means == ["once"]


def test_the_curve_is_kept_for_its_sizes(monkeypatch, cache: Path) -> None:
    pictures, asked = made_pictures(), []
    measure = tasks.pca_curve

    def counted(pictures, sizes):
        asked.append([*sizes])
        return measure(pictures, sizes)

    monkeypatch.setattr(tasks, "pca_curve", counted)
    first = kept_pca_curve(settings(), pictures, [1, 2])
    assert kept_pca_curve(settings(), pictures, [1, 2]) == first
    assert [point[0] for point in first] == [1, 2]
    assert kept_pca_curve(settings(), pictures, [1, 3]) != first
    assert asked == [[1, 2], [1, 3]]
    for file in cache.iterdir():
        file.write_text(file.read_text()[:-9])
    assert kept_pca_curve(settings(), pictures, [1, 2]) == first
    assert len(asked) == 3


@pytest.mark.parametrize("package", ["config", "records", "tasks"])
def test_other_code_measures_anew(monkeypatch, tmp_path: Path, package: str) -> None:
    """What is kept is what that code would measure."""
    digest = kept._code.__wrapped__
    before = digest()
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(getattr(kept, package), "__file__", str(tmp_path / "__init__.py"))
    assert digest() != before
