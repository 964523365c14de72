"""TensorBoard: event files, by torch's own writer."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archsearch.config.trackers import TensorboardSettings
from archsearch.records.results import EpochRecord
from archsearch.train.trackers.tracking import Finished, Tracked, Tracker

__all__ = ["start"]


class _Tensorboard:
    def __init__(self, told: Tracked, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._told = told
        self._folder = folder
        self._writer = SummaryWriter(str(folder))
        self._writer.add_text("spec", f"```yaml\n{told.spec}\n```")

    def epoch(self, row: EpochRecord) -> None:
        for name, value in row.model_dump(exclude={"epoch"}).items():
            self._writer.add_scalar(name, value, row.epoch)
        self._writer.flush()

    def result(self, finished: Finished) -> None:
        import numpy
        from PIL import Image

        with Image.open(finished.pictures) as opened:
            pixels_HWC = numpy.asarray(opened.convert("RGB"))
        self._writer.add_image("pictures", pixels_HWC, finished.epochs, dataformats="HWC")
        # Below one heading: their single points would bury the curves.
        scores = {f"scores/{name}": value for name, value in finished.scores.items()}
        for name, value in scores.items():
            self._writer.add_scalar(name, value, finished.epochs)
        self._hparams(["val_mse", *scores])
        # Event files hold no weights: they lie beside.
        shutil.copyfile(finished.model, self._folder / finished.model.name)

    def _hparams(self, metrics: Sequence[str]) -> None:
        """Name settings and metrics; ``add_hparams`` would put a point into each curve."""
        from torch.utils.tensorboard import summary

        told: Any = summary  # it has no types
        events: Any = self._writer.file_writer
        for each in told.hparams(dict(self._told.parameters), dict.fromkeys(metrics, 0.0)):
            events.add_summary(each)

    def end(self, *, failed: bool) -> None:
        self._writer.close()


def start(told: Tracked, settings: TensorboardSettings) -> Tracker:
    """Begin event files: in ``FOLDER/NAME``, or in ``tensorboard`` of the run directory."""
    folder = told.folder / "tensorboard"
    if settings.folder is not None:
        # Not the study's name itself: "../nets" would lead out of it.
        own = told.folder.parts[-2:] if told.group else told.folder.parts[-1:]
        folder = Path(settings.folder).expanduser().joinpath(*own)
    return _Tensorboard(told, folder)
