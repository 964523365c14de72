"""What a page is about: the nets of a study, or trained runs, as one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from archsearch.records import SeedRecord, StudyRecord, read_pictures
from archsearch.report.path_redaction import without_paths

__all__ = ["Subject", "of_study"]

PictureReader = Callable[[SeedRecord], bytes | None]


@dataclass(frozen=True)
class Subject:
    """Nets with their trainings, and how a page calls them.

    Attributes:
        study: the record; of runs, each architecture with its settings is a trial and its runs
            are the seeds.
        kind: whether a study made the nets, or somebody trained each by a command.
        names: what trials are called, by number; those without a name by their number.
        pictures: reads a run's PNG of test pictures; None where there is none in reach.
    """

    study: StudyRecord
    kind: Literal["study", "runs"]
    pictures: PictureReader
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """What one of the nets is called."""
        return "trial" if self.kind == "study" else "net"

    def called(self, number: int) -> str:
        """A trial's name in a sentence."""
        return self.names.get(number, f"trial {number}")

    def heading(self, number: int) -> str:
        """A trial's name where a sentence or a row begins; a name that was given stays as it is."""
        return self.names.get(number, f"Trial {number}")


def of_study(study: StudyRecord) -> Subject:
    """A study's nets, without the paths of the machine."""
    study = without_paths(study)
    return Subject(study, "study", partial(read_pictures, study))
