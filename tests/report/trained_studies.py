"""Studies of tiny nets that were really trained, with the pictures that they left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from archsearch.config import load
from archsearch.records import SeedRecord, StudyRecord, TrialRecord, plan_record
from archsearch.records.sample_grid import sample_grid_png
from archsearch.train import fit
from tests.train.made import PLAIN, made_pictures, settings

SEEDS = (0, 1)


def trained_study(
    folder: Path,
    tasks: Sequence[str],
    widths: Sequence[int],
    *,
    pictures: int = 60,
    others: int = 0,
    epochs: Callable[[int, int], int] = lambda _number, _seed: 6,
    **recipe: object,
) -> StudyRecord:
    """A net of each width, by two seeds, for the tasks in turn.

    Args:
        folder: for specs and pictures.
        tasks: their names.
        widths: channels of the latent, one trial each.
        pictures: how many there are.
        others: how many trials, the last ones, saw other pictures.
        epochs: by the number of the trial and the seed.
        recipe: further settings of the trainings.
    """
    torch.set_num_threads(1)
    seen = [made_pictures(pictures, seed=seed) for seed in (0, 1)]
    trials = []
    for number, width in enumerate(widths):
        task = tasks[number % len(tasks)]
        spec = folder / f"{number}.yaml"
        spec.write_text(PLAIN.replace("channels: 4", f"channels: {width}"))
        plan = load(spec).plan(task=task)
        seeds = []
        for seed in SEEDS:
            told = settings(task, epochs=epochs(number, seed), **recipe)
            run = fit(plan, told, seen[number >= len(widths) - others], seed=seed)
            name = f"{number}-{seed}"
            (folder / name).write_bytes(sample_grid_png(run.samples))
            seeds.append(SeedRecord(seed=seed, state="complete", result=run.result, pictures=name))
        errors = [seed.result.val.mse for seed in seeds if seed.result]
        trials.append(
            TrialRecord(
                number=number, state="complete", values={"width": width, "task": task},
                plan=plan_record(plan), seeds=tuple(seeds), value=sum(errors) / len(errors),
            )
        )  # fmt: skip
    space = {"width": {"choices": [*widths, 99]}, "task": {"choice": [*tasks, "denoise"]}}
    return StudyRecord(
        name="trained",
        settings={"space": space, "search": {"method": "grid", "seeds": len(SEEDS)}},
        designed=True,
        space_hash="",
        trials=tuple(trials),
        planned=len(trials),
        artifacts=str(folder),
    )
