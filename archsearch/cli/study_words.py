"""Studies and trials in words, and the commands that come next."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from archsearch.cli.output import count
from archsearch.cli.study_files import STORAGE

if TYPE_CHECKING:
    from archsearch.records import StudyRecord, TrialRecord

__all__ = [
    "again",
    "dashboard_line",
    "point",
    "study_lines",
    "trial_line",
    "typed_command",
    "unreadable_lines",
]


FEW = 5
"""Records that can't be read which are told one by one."""


def study_lines(record: StudyRecord) -> list[str]:
    """How a study stands: counts, time, and its best trials."""
    from archsearch.records import trial_counts
    from archsearch.study.summary import objectives, pareto_front

    counts = ", ".join(f"{n} {state}" for state, n in trial_counts(record).items() if n)
    ended = sum(len(trial.seeds) for trial in record.trials)
    spent = f"; {record.seconds / 60:.1f} min" if record.seconds else ""
    lines = [f"{record.name}: {counts}; {count(ended, 'training')} ended{spent}"]
    lines += [f"  {record.note}"] if record.note else []
    lines += [f"  passed over: {line}" for line in unreadable_lines(record)]
    front = pareto_front(record)
    single = len(objectives(record)) == 1
    if front and not single:
        lines.append(f"  Pareto front of {', '.join(objectives(record))}:")
    for trial in front:
        lines.append(("  best: " if single else "    ") + trial_line(record, trial))
        lines.append(f"        {point(trial)}")
    return lines


def unreadable_lines(record: StudyRecord) -> list[str]:
    """What of the study can't be read, and why; of many the first few."""
    lines = [f"{each.name}: {each.reason}" for each in record.unreadable[:FEW]]
    more = len(record.unreadable) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def trial_line(record: StudyRecord, trial: TrialRecord) -> str:
    """A trial: its objectives and its sizes."""
    from archsearch.study.summary import objectives, trial_values

    size = "" if trial.plan is None else f", latent {trial.plan.latent_size}"
    size += "" if trial.plan is None else f", {trial.plan.params:,} parameters"
    values = zip(objectives(record), trial_values(record, trial) or (), strict=False)
    shown = ", ".join(f"{_OBJECTIVES.get(name, name)} {_short(value)}" for name, value in values)
    return f"trial {trial.number}, {shown}{size}"


def point(trial: TrialRecord) -> str:
    """What a trial's names are set to."""
    return ", ".join(f"{name} = {value}" for name, value in trial.values.items())


def typed_command(storage: str) -> str:
    """The command as it was typed, to be typed again; a password in it stays out."""
    from archsearch.records.storage_url import masked

    words = [word.replace(storage, masked(storage)) for word in sys.argv[1:]]
    return shlex.join(["archsearch", *words])


def again(name: str, storage: str) -> str:
    """How another command names this study."""
    from archsearch.records.storage_url import masked

    place = "" if storage == STORAGE else f" --storage {shlex.quote(masked(storage))}"
    return shlex.quote(name) + place


def dashboard_line(record: StudyRecord, storage: str) -> str:
    """How to look at the study in a browser with Optuna's own dashboard."""
    from archsearch.records.storage_url import has_password
    from archsearch.study.dashboard import dashboard_command

    secret = " (the password in place of the dots)" if has_password(storage) else ""
    command = dashboard_command(storage, record.artifacts)
    return f"in a browser{secret}, after pip install optuna-dashboard:\n  {command}"


_OBJECTIVES = {
    "val.mse": "validation MSE",
    "val.psnr": "validation PSNR",
    "val.ssim": "validation SSIM",
}


def _short(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and value >= 1 else f"{value:.5f}"
