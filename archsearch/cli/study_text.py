"""Studies and trials in words, and the commands that come next."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.cli.defaults import chosen_storage
from archsearch.printable import count, shell_command, shell_word

if TYPE_CHECKING:
    from archsearch.config import Quantity
    from archsearch.records import StudyRecord, TrialRecord

__all__ = [
    "dashboard_lines",
    "point",
    "retraining",
    "study_arguments",
    "study_lines",
    "trial_line",
    "typed_command",
    "unreadable_lines",
]


FEW = 5
"""Records that can't be read which are told one by one."""


def study_lines(record: StudyRecord) -> list[str]:
    """How a study stands: counts, time, and its best trials."""
    from archsearch.records import objective_names, pareto_front, trial_counts, unknown_objectives

    counts = ", ".join(f"{n} {state}" for state, n in trial_counts(record).items() if n)
    ended = sum(len(trial.seeds) for trial in record.trials)
    spent = f"; {record.seconds / 60:.1f} min" if record.seconds else ""
    lines = [f"{record.name}: {counts}; {count(ended, 'training')} ended{spent}"]
    lines += [f"  {record.note}"] if record.note else []
    lines += [f"  skipped: {line}" for line in unreadable_lines(record)]
    names, unknown = objective_names(record), unknown_objectives(record)
    if unknown:
        lines.append(f"  has the objective {', '.join(unknown)}, unknown to this version")
    front = pareto_front(record)
    single = len(names) == 1
    if front and not single:
        lines.append(f"  Pareto front of {', '.join(names)}:")
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
    from archsearch.config import OBJECTIVES
    from archsearch.records import objective_names, trial_values

    size = "" if trial.plan is None else f", latent {trial.plan.latent_size}"
    size += "" if trial.plan is None else f", {trial.plan.params:,} parameters"
    names = objective_names(record)
    values = zip(names, trial_values(trial, names) or (), strict=False)
    shown = "".join(f", {_objective(OBJECTIVES[name], value)}" for name, value in values)
    return f"trial {trial.number}{shown}{size}"


def retraining(record: StudyRecord, trial: TrialRecord, spec: Path) -> str:
    """The command that trains a trial's spec to the weights that its first seed had.

    Raises:
        UnreadableError: the study's settings are damaged, or another version's.
    """
    from archsearch.config.train_command import train_command
    from archsearch.space.candidates import with_settings
    from archsearch.study.store.stored import stored_settings

    study = stored_settings(record)
    settings = study.training()
    first = next((seed.result for seed in trial.seeds if seed.result), None)
    threads = None if first is None else first.environment.threads
    return train_command(str(spec), with_settings(settings, trial.values), threads=threads)


def point(trial: TrialRecord) -> str:
    """What a trial's names are set to."""
    return ", ".join(f"{name} = {value}" for name, value in trial.values.items())


def typed_command() -> str:
    """The command as it was typed, to be typed again; a password in it stays out."""
    from archsearch.records.storage_secrets import masked_words

    return shell_command(["archsearch", *masked_words(sys.argv[1:])])


def study_arguments(name: str, storage: str) -> str:
    """How another command names this study."""
    from archsearch.records.storage_secrets import masked

    place = "" if storage == chosen_storage(None) else f" --storage {shell_word(masked(storage))}"
    return shell_word(name) + place


def dashboard_lines(record: StudyRecord, storage: str) -> tuple[str, str]:
    """How to look at the study in a browser with Optuna's own dashboard."""
    from archsearch.records.storage_secrets import has_password
    from archsearch.study.dashboard import dashboard_command

    secret = " (put the password in place of the dots)" if has_password(storage) else ""
    command = dashboard_command(storage, record.artifacts and _from_here(record.artifacts))
    return f"in a browser{secret}, after pip install optuna-dashboard:", f"  {command}"


def _from_here(path: str) -> str:
    """A path below the working directory without what leads to it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _objective(quantity: Quantity, value: float) -> str:
    unit = f" {quantity.unit}" if quantity.unit else ""
    return f"{quantity.label} {_short(value)}{unit}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and value >= 1 else f"{value:.5f}"
