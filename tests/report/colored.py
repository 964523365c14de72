"""Runs and studies of color tasks with numbers that a test knows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from archsearch.config import RunSettings, TrainSettings, load, read_task
from archsearch.records import (
    Baselines,
    ChromaHistogram,
    ClassScores,
    ColorScores,
    RunRecord,
    RunResult,
    Scores,
    SeedRecord,
    StudyRecord,
    TrialRecord,
    plan_record,
    write_run,
)
from archsearch.records.run_files import SAMPLE_GRID_FILE
from archsearch.report.sections.colors import Colors, compute
from archsearch.report.sections.colors.variants import Variant, find_variants
from archsearch.spec import to_yaml
from tests.synthetic import synthetic_result

GRAY_COPY, MEAN_CHROMA = 0.0060, 0.0056
BASELINES = Baselines(
    channel_mean_val=0.06,
    channel_mean_test=0.061,
    linear_val=0.0055,
    linear_test=0.0057,
    gray_copy_val=GRAY_COPY,
    gray_copy_test=GRAY_COPY,
    mean_chroma_val=MEAN_CHROMA,
    mean_chroma_test=MEAN_CHROMA,
    gray_copy_color=ColorScores(chroma_mse=0.0033, desaturation=0.0, delta_e=10.45),
    mean_chroma_color=ColorScores(
        chroma_mse=0.0031, desaturation=0.34, delta_e=10.83, clipped=0.01
    ),
)
NET = """name: plain
input: {channels: auto, height: 16, width: 16}
encoder:
- conv: {channels: 4}
- pool: {}
decoder:
- upsample: {}
- conv: {channels: auto}
"""
UNET = """name: leaky
allow: [leak-past-latent]
input: {channels: auto, height: 16, width: 16}
encoder:
- conv: {channels: 4}
  name: wide
- pool: {}
decoder:
- upsample: {}
- concat: wide
- conv: {channels: auto}
"""


def histogram(cells: dict[tuple[int, int], int], predicted: dict[tuple[int, int], int]):
    """A 64×64 histogram with these counts."""
    planes = []
    for counts in (cells, predicted):
        plane = np.zeros((64, 64), dtype=int)
        for place, count in counts.items():
            plane[place] = count
        planes.append(tuple(map(int, plane.ravel())))
    return ChromaHistogram(side=64, true=planes[0], predicted=planes[1])


CHROMA = histogram({(32, 32): 900, (44, 32): 100}, {(32, 32): 1000})
CLASSES = (("frog", 12.0), ("ship", 8.0), ("cat", 10.0), ("truck", 9.0))


def color_result(
    task: str,
    mse: float,
    *,
    seed: int = 0,
    delta_e: float = 9.5,
    saturation: float | None = 0.5,
    clipped: float | None = 0.004,
    classes: Sequence[tuple[str, float]] = CLASSES,
    chroma: ChromaHistogram | None = CHROMA,
    baselines: Baselines = BASELINES,
) -> RunResult:
    """A finished run whose validation and test MSE is ``mse``."""
    plain = synthetic_result(
        np.random.default_rng(0), mse, latent=256, seed=seed, epochs=3, collapsed=False
    )
    color = ColorScores(
        chroma_mse=mse / 2,
        desaturation=saturation,
        clipped=None if task == "colorize" else clipped,
        delta_e=delta_e,
        accuracy_2=0.23,
        accuracy_5=0.61,
    )
    return plain.model_copy(
        update={
            "task": task,
            "test": Scores(mse=mse, psnr=float(-10 * np.log10(mse)), color=color),
            "baselines": baselines,
            "classes": tuple(
                ClassScores(name=name, pictures=30, mse=mse, desaturation=saturation, delta_e=found)
                for name, found in classes
            ),
            "chroma": chroma,
            "codes": None,
        }
    )


def color_run(
    folder: Path,
    task: str,
    result: RunResult,
    *,
    spec: str = NET,
    loss: str = "mse",
    options: dict[str, object] | None = None,
    batch_size: int = 64,
    grid: bool = True,
) -> Path:
    """A run directory, as training leaves it."""
    folder.mkdir(parents=True)
    source = folder / "source.yaml"
    source.write_text(spec)
    settings = RunSettings(
        task=read_task({task: options or {}}),
        train=TrainSettings(seed=result.seed, epochs=3, loss=loss, batch_size=batch_size),
    )
    text = to_yaml(load(source).plan(task=settings.task))
    if grid:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SAMPLE_GRID_FILE).write_bytes(strip_of(result.splits["test"]))
    write_run(folder, RunRecord(name=folder.name, spec=text, settings=settings, result=result))
    return folder


def strip_of(test: int = 1200, side: int = 16) -> bytes:
    """A grid whose picture number n is of color (10·n, 200, 90), predicted 20 darker."""
    count = min(8, test) + 9
    true = np.zeros((side, count * side, 3), np.uint8)
    for place in range(count):
        true[:, place * side : (place + 1) * side] = (10 * place, 200, 90)
    predicted = np.clip(true.astype(int) - 20, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.concatenate([true, predicted])).save(file, "PNG")
    return file.getvalue()


Run = tuple[str, RunResult, dict[str, object]]


def variants_of(*runs: Run) -> list[Variant]:
    """Variants of runs kept in memory: task, result, and ``spec``, ``loss``, ``options``."""
    return find_variants(study_of(*runs), lambda seed: None, "net {}".format)


def colors_of(*runs: Run, note: str = "", pictures: bytes | None = None) -> Colors | None:
    """What such runs say of colors; all have the same ``pictures``."""
    return compute(study_of(*runs, note=note), lambda seed: pictures, "net {}".format)


def study_of(*runs: Run, note: str = "") -> StudyRecord:
    """A record in which runs that differ only in their seeds are one trial."""
    nets: dict[str, list[Run]] = {}
    for task, result, extra in runs:
        nets.setdefault(repr((task, extra)), []).append((task, result, extra))
    trials = tuple(_trial(number, net) for number, net in enumerate(nets.values()))
    return StudyRecord(
        name="runs", settings={}, designed=True, space_hash="", planned=len(trials),
        trials=trials, source_note=note,
    )  # fmt: skip


def _trial(number: int, net: Sequence[Run]) -> TrialRecord:
    task, _, extra = net[0]
    options = extra.get("options", {})
    assert isinstance(options, dict)
    settings = RunSettings(task=read_task({task: options}))
    values = {"task": task, **{f"task.{name}": value for name, value in options.items()}}
    if "loss" in extra:
        values["train.loss"] = extra["loss"]
    return TrialRecord(
        number=number,
        state="complete",
        values=values,
        plan=_planned(str(extra.get("spec", NET)), settings),
        seeds=tuple(
            SeedRecord(seed=result.seed, state="complete", result=result) for _, result, _ in net
        ),
    )


def _planned(spec: str, settings: RunSettings):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "net.yaml"
        source.write_text(spec)
        return plan_record(load(source).plan(task=settings.task))


def color_study(
    study: StudyRecord, tasks: Sequence[str] = ("colorize", "colorize-chroma")
) -> StudyRecord:
    """A synthetic study whose trials do ``tasks`` in turn; the errors stay as they are."""
    trials = []
    for trial in study.trials:
        task = tasks[trial.number % len(tasks)]
        seeds = tuple(
            seed.model_copy(update={"result": _as_color(seed.result, task)})
            if seed.result
            else seed
            for seed in trial.seeds
        )
        values = {**trial.values, "task": task} if len(tasks) > 1 else trial.values
        trials.append(trial.model_copy(update={"seeds": seeds, "values": values}))
    settings = study.settings | {"task": {"name": tasks[0]}}
    if len(tasks) > 1:
        space = {"task": {"choice": list(tasks)}, **study.settings["space"]}  # type: ignore[dict-item]
        settings |= {"space": space}
    curves = None if study.curves is None else study.curves.model_copy(
        update={"pca": (), "patch_pca": ()}
    )  # fmt: skip
    return study.model_copy(
        update={"trials": tuple(trials), "settings": settings, "curves": curves}
    )


def _as_color(result: RunResult, task: str) -> RunResult:
    made = color_result(task, result.val.mse, seed=result.seed)
    return made.model_copy(update={"history": result.history, "collapsed": result.collapsed})
