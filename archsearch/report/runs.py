"""Trained runs as what a page is about: a record in which each net is a trial."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import fmean

from archsearch.config import RunSettings, load
from archsearch.errors import DamagedFileError
from archsearch.printable import in_utf_8
from archsearch.records import (
    PlanRecord,
    RunRecord,
    RunResult,
    SeedRecord,
    StudyRecord,
    TrialRecord,
    Value,
    plan_choices,
    plan_record,
)
from archsearch.records.run_files import SAMPLE_GRID_FILE, SPEC_FILE, RunFiles
from archsearch.records.runs import read_run
from archsearch.report.path_redaction import without_paths
from archsearch.report.run_values import differences
from archsearch.report.subject import Subject

__all__ = ["HAND_WRITTEN", "TrainedRun", "nets_of", "of_runs", "read_runs", "with_equal_pictures"]

HAND_WRITTEN = "hand-written"
"""The search method of nets that somebody trained each by a command."""

_MOST_NAMED = 4
_SEED_MARK = re.compile(r"[-_. /]+(?:s|seed)?[-_. /]*$")
"""What stands between a name and the number of a seed."""


@dataclass(frozen=True)
class TrainedRun:
    """One finished run.

    Attributes:
        name: what it is called; no other run of the page is called so.
        record: what its directory says.
        plan: its architecture.
        choices: those of :func:`archsearch.records.plan_choices`.
        files: its directory.
    """

    name: str
    record: RunRecord
    plan: PlanRecord
    choices: Mapping[str, Value]
    files: RunFiles

    @property
    def result(self) -> RunResult:
        """What the training came to."""
        return self.record.result

    @property
    def pictures(self) -> bytes | None:
        """Its test pictures over what it made of them; None where they aren't what was left."""
        try:
            return self.files.read(SAMPLE_GRID_FILE)
        except DamagedFileError:
            return None

    @property
    def pictures_damaged(self) -> bool:
        """Whether its pictures aren't what was left; runs of earlier versions left none."""
        return SAMPLE_GRID_FILE in self.files.checksums and self.pictures is None

    @property
    def net(self) -> str:
        """What runs of one net have in common: all but the seed.

        Of the pictures their fingerprint counts; the source is a path.
        """
        without = {"train": {"seed"}, "data": {"source"}}
        settings = self.record.settings.model_dump_json(exclude=without)
        return f"{self.plan.key} {settings} {self.result.data_fingerprint}"


def read_runs(folders: Iterable[Path]) -> tuple[TrainedRun, ...]:
    """The runs in these folders, in their order; a folder that is named twice is read once.

    Raises:
        InputError: a folder holds no finished run, or a spec that can't be read.
    """
    distinct = list({folder.resolve(): folder for folder in folders}.values())
    files = [RunFiles(folder) for folder in distinct]
    for each in files:
        each.note_unchecked()
    records = list(map(read_run, files))
    models = [
        load(folder / SPEC_FILE).plan(task=record.settings.task)
        for folder, record in zip(distinct, records, strict=True)
    ]
    plans, choices = map(plan_record, models), map(plan_choices, models)
    return tuple(map(TrainedRun, _names(records, distinct), records, plans, choices, files))


def _names(records: Sequence[RunRecord], folders: Sequence[Path]) -> list[str]:
    """The runs' names; what tells their folders apart where the same name comes twice."""
    plain = [
        record.name or in_utf_8(folder.name)
        for record, folder in zip(records, folders, strict=True)
    ]
    whole = [folder.absolute() for folder in folders]
    try:
        shared = os.path.commonpath([folder.parent for folder in whole])
        apart = [folder.relative_to(shared) for folder in whole]
    except ValueError:  # on drives of their own
        apart = whole
    return [
        name if plain.count(name) == 1 else in_utf_8(folder.as_posix())
        for name, folder in zip(plain, apart, strict=True)
    ]


def with_equal_pictures(runs: Sequence[TrainedRun]) -> tuple[TrainedRun, ...]:
    """The most runs that saw the same pictures: errors of others can't be compared with theirs.

    Of groups that are equally large it is the one with the first run.
    """
    counted = Counter(run.result.data_fingerprint for run in runs)
    most = counted.most_common(1)[0][0]
    return tuple(run for run in runs if run.result.data_fingerprint == most)


def of_runs(runs: Sequence[TrainedRun]) -> Subject:
    """Runs of the same pictures as a subject: each net is a trial, its runs are the seeds."""
    nets = nets_of(runs)
    firsts = [net[0] for net in nets]
    values = differences([(run.choices, run.record.settings) for run in firsts])
    names, places = _net_names(nets), {run.name: place for place, run in enumerate(runs)}
    trials = [
        _trial(number, net, told, places)
        for number, (net, told) in enumerate(zip(nets, values, strict=True))
    ]
    study = StudyRecord(
        name=_title(names),
        settings=_settings(firsts[0].record.settings),
        designed=True,
        space_hash="",
        trials=tuple(trials),
        planned=len(trials),
        seconds=sum(run.result.seconds for run in runs),
    )
    return Subject(
        without_paths(study),
        "runs",
        lambda seed: None if seed.pictures is None else runs[int(seed.pictures)].pictures,
        dict(enumerate(names)),
    )


def nets_of(runs: Sequence[TrainedRun]) -> list[list[TrainedRun]]:
    """The runs of each net, by rising seed; a net's place is the number of its trial.

    A net is an architecture with its settings. A seed that comes twice makes a net of its own.
    """
    found: dict[tuple[str, int], dict[int, TrainedRun]] = {}
    for run in runs:
        seed, again = run.result.seed, 0
        while seed in found.get((run.net, again), {}):
            again += 1
        found.setdefault((run.net, again), {})[seed] = run
    return [[net[seed] for seed in sorted(net)] for net in found.values()]


def _trial(
    number: int, net: Sequence[TrainedRun], values: Mapping[str, Value], places: Mapping[str, int]
) -> TrialRecord:
    seeds = tuple(_seed(run, str(places[run.name])) for run in net)
    errors = [run.result.val.mse for run in net]
    return TrialRecord(
        number=number,
        state="complete",
        values=dict(values),
        plan=net[0].plan,
        seeds=seeds,
        value=fmean(errors),
    )


def _seed(run: TrainedRun, place: str) -> SeedRecord:
    kept = place if run.pictures is not None else None
    return SeedRecord(seed=run.result.seed, state="complete", result=run.result, pictures=kept)


def _settings(settings: RunSettings) -> dict[str, object]:
    """What the first of the nets was trained with; how others differ is among their values."""
    told: dict[str, object] = settings.model_dump(mode="json", exclude={"train": {"seed"}})
    return {**told, "search": {"method": HAND_WRITTEN}, "space": {}}


def _title(names: Sequence[str]) -> str:
    """All names, or the first few of many."""
    if len(names) <= _MOST_NAMED:
        return " · ".join(names)
    return f"{' · '.join(names[: _MOST_NAMED - 1])} and {len(names) - _MOST_NAMED + 1} more nets"


def _net_names(nets: Sequence[Sequence[TrainedRun]]) -> list[str]:
    """The name of a net's run; of several what their names share, where no other is called so."""
    plain = [[run.name for run in net] for net in nets]
    shared = [names[0] if len(names) == 1 else _shared(names) for names in plain]
    return [
        name
        if len(names) == 1 or (name and shared.count(name) == 1)
        else f"{names[0]} ({len(names)} seeds)"
        for name, names in zip(shared, plain, strict=True)
    ]


def _shared(names: Sequence[str]) -> str:
    """How all names begin, without what leads to the number of a seed.

    Example:
        >>> _shared(["net-s0", "net-s1"]), _shared(["net", "net-seed1"]), _shared(["a", "b"])
        ('net', 'net', '')
    """
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))
    return _SEED_MARK.sub("", "".join(signs[0] for signs in alike))
