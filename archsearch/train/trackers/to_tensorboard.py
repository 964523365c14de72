"""TensorBoard: event files, by torch's own writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archsearch.config.trackers import TensorboardSettings
from archsearch.records.results import EpochRecord
from archsearch.train.trackers.tracking import Tracked, Tracker

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

    def result(self, scores: Mapping[str, float], files: Mapping[str, Path]) -> None:
        import numpy
        from PIL import Image

        with Image.open(files["pictures.png"]) as opened:
            pixels_HWC = numpy.asarray(opened.convert("RGB"))
        self._writer.add_image("pictures", pixels_HWC, dataformats="HWC")
        self._writer.add_hparams(dict(self._told.parameters), dict(scores), run_name=".")
        # Event files hold no weights: they lie beside.
        (self._folder / "model.safetensors").write_bytes(files["model.safetensors"].read_bytes())

    def end(self, *, failed: bool) -> None:
        self._writer.close()


def start(told: Tracked, settings: TensorboardSettings) -> Tracker:
    """Begin event files: in ``FOLDER/NAME``, or in ``tensorboard`` of the run directory."""
    folder = told.folder / "tensorboard"
    if settings.folder is not None:
        folder = Path(settings.folder).expanduser() / told.group / told.folder.name
    return _Tensorboard(told, folder)
