"""What one writes without this package: the nine-layer net as a plain PyTorch script.

The usual tutorial, line by line: pictures through ``ToTensor``, a ``DataLoader``,
``nn.Sequential``, Adam, eager float32 in NCHW. In its favour, the pictures lie decoded in
memory before the clock starts. Other specs run through the same loop with the plain builder.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

__all__ = ["Outcome", "nine_layers", "train"]


@dataclass(frozen=True)
class Outcome:
    """What a training came to: wall and processor seconds of its epochs, and its error."""

    pictures: int
    seconds: float
    cpu_seconds: float
    val_mse: float


class Decoded(Dataset[Tensor]):
    """PIL pictures in memory; each access makes a tensor, as ``ImageFolder`` would."""

    def __init__(self, pictures: Sequence[Image.Image]) -> None:
        self.pictures = pictures
        self.to_tensor = transforms.ToTensor()

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> Tensor:
        tensor: Tensor = self.to_tensor(self.pictures[index])
        return tensor


def nine_layers() -> nn.Sequential:
    """The net of ``specs/acml-nine-layer.yaml``."""
    encoder = [
        *(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(12, 16, 3, padding=1), nn.ReLU()),
    ]
    decoder = [
        *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 12, 3, padding=1), nn.ReLU()),
        *(nn.Upsample(scale_factor=2), nn.Conv2d(12, 3, 3, padding=1), nn.Sigmoid()),
    ]
    return nn.Sequential(*encoder, *decoder)


def train(
    model: nn.Module,
    pictures: Sequence[Image.Image],
    held_out: Sequence[Image.Image],
    *,
    epochs: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    device: str = "cpu",
) -> Outcome:
    """Train ``model`` and measure it on ``held_out``; the clock runs over the epochs alone."""
    loader = DataLoader(Decoded(pictures), batch_size=batch_size, shuffle=True)
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    criterion = nn.MSELoss()
    started, cpu_started = time.perf_counter(), time.process_time()
    for _ in range(epochs):
        for batch in loader:
            images = batch.to(device)
            optimizer.zero_grad()
            loss = criterion(model(images), images)
            loss.backward()
            optimizer.step()
    if device == "cuda":
        torch.cuda.synchronize()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    return Outcome(len(pictures) * epochs, seconds, cpu, _error(model, held_out, device))


def _error(model: nn.Module, pictures: Sequence[Image.Image], device: str) -> float:
    model.eval()
    squared, count = 0.0, 0
    with torch.no_grad():
        for batch in DataLoader(Decoded(pictures), batch_size=500):
            images = batch.to(device)
            squared += float(((model(images) - images) ** 2).sum())
            count += images.numel()
    return squared / count
