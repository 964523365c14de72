"""Trials of tasks that learn from the same pictures load them once."""

from pathlib import Path

from archsearch.config import DataSettings, RunSettings, load, read_task
from archsearch.study.training import candidates
from archsearch.study.training.candidates import PictureTrainer

SPEC = Path(__file__).parents[2] / "specs/unet-thin.yaml"


def test_color_tasks_share_their_pictures(monkeypatch) -> None:
    loaded = []
    monkeypatch.setattr(
        "archsearch.data.load_pictures", lambda data, **options: loaded.append(options) or object()
    )
    candidates._load.cache_clear()
    for task in ("colorize", "colorize-bins", "colorize-chroma"):
        settings = RunSettings(data=DataSettings(source="photos"), task=read_task(task))
        plan = load(SPEC).plan(settings.task)
        PictureTrainer(Path())._pictures(settings, plan)
    candidates._load.cache_clear()
    assert [(one["channels"], one["color_task"]) for one in loaded] == [(3, "colorize")]
