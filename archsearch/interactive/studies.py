"""``run_study`` as people call it, with progress; and what a storage has of a study."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from types import NoneType

from archsearch import study
from archsearch.arguments import require_type
from archsearch.config import StudyFile, load_study
from archsearch.extensions import Descriptor
from archsearch.interactive.board import without_widget_warning
from archsearch.interactive.progress import both
from archsearch.interactive.study_progress import study_progress
from archsearch.records import StudyRecord
from archsearch.records import load_study as load_record
from archsearch.study import DEFAULT_STORAGE, RunOptions, Say, Trainer

__all__ = ["load_results", "run_study"]

_STORAGE = f'name a database, such as "{DEFAULT_STORAGE}"'


def run_study(
    study_file: StudyFile,
    storage: str = DEFAULT_STORAGE,
    *,
    options: RunOptions | None = None,
    trainer: Trainer | None = None,
    on_event: Say | None = None,
    extensions: Iterable[Descriptor] = (),
    progress: bool = True,
) -> StudyRecord:
    """Run a study to its end, or go on with it where it was left; lines tell how it goes.

    The lines go to stderr, or into the notebook's cell. Called again after a stop, it resumes the
    study: nothing that finished is lost or repeated. In a script, call it under
    ``if __name__ == "__main__":``, because it starts worker processes.

    Args:
        study_file: from ``archsearch.load_study``.
        storage: URL of the database; a SQLite file is made where it is missing.
        options: workers, threads, device: ``archsearch.study.RunOptions(workers=2)``.
        trainer: who trains, if not ``train.fit`` on the study's pictures.
        on_event: called for every event, in this process.
        extensions: to know here and in the workers, beside those of ``study_file``.
        progress: whether to tell anything.

    Returns:
        The study as the storage has it now, for ``archsearch.trials_frame``,
        ``archsearch.plot_latent`` and ``archsearch.write_report``.

    Raises:
        ArgumentTypeError: an argument of another type than the above.
        InputError: settings, space, pictures or storage that can't be used.
        StudyConflictError: the storage has another study of this name.
        NothingCompletedError: no trial was completed.
        RunFailedError: the workers can't run at all, or the database broke.

    Example:
        >>> import archsearch
        >>> study = archsearch.load_study("studies/quickstart.yaml")
        >>> record = archsearch.run_study(study)  # doctest: +SKIP
    """
    read = 'read one: archsearch.load_study("study.yaml")'
    require_type(study_file, StudyFile, "run_study(study_file)", help=read)
    require_type(storage, str, "run_study(storage)", help=_STORAGE)
    make = "make them: RunOptions(workers=2), of archsearch.study"
    require_type(options, (RunOptions, NoneType), "run_study(options)", help=make)
    without_widget_warning()
    call = {"options": options, "trainer": trainer, "extensions": tuple(extensions)}
    if not progress:
        own = on_event or study.silent
        return study.run_study(study_file, storage, on_event=own, **call)  # type: ignore[arg-type]
    with study_progress() as tell:
        told = both(tell, on_event)
        return study.run_study(study_file, storage, on_event=told, **call)  # type: ignore[arg-type]


def load_results(
    study: StudyFile | str | PathLike[str], storage: str = DEFAULT_STORAGE
) -> StudyRecord:
    """A study as a storage has it, running or ended: what ``run_study`` returns.

    Args:
        study: its name, its file's path, or what ``archsearch.load_study`` gave.
        storage: URL of the database.

    Raises:
        ArgumentTypeError: an argument of another type than the above.
        InputError: no such storage, or no such study in it.

    Example:
        >>> results = load_results("quickstart", "sqlite:///runs/demo.db")  # doctest: +SKIP
        >>> archsearch.trials_frame(results)["val_mse"].min()  # doctest: +SKIP
        0.0061
    """
    give = "give a study's name, or the path of its file"
    types = (str, PathLike, StudyFile)
    require_type(study, types, "load_results(study)", help=give)
    require_type(storage, str, "load_results(storage)", help=_STORAGE)
    without_widget_warning()
    if isinstance(study, StudyFile):
        return load_record(storage, study.settings.name)
    text = fspath(study)
    is_file = Path(text).suffix in {".yaml", ".yml"} or Path(text).is_file()
    return load_record(storage, load_study(text).settings.name if is_file else text)
