"""The weights of the best epoch, kept while training goes on."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from archsearch.config.settings import TrainSettings

__all__ = ["BestWeights"]


class BestWeights:
    """A copy of the weights after the epoch with the least validation error.

    Args:
        settings: without ``early_stopping``, or without restoring, nothing is kept.

    Attributes:
        tensors: by name, as the model's ``state_dict`` has them; empty where nothing is kept.
    """

    def __init__(self, settings: TrainSettings) -> None:
        stopping = settings.early_stopping
        self._wanted = stopping is not None and stopping.restore_best_weights
        self.tensors: dict[str, Tensor] = {}

    def look_at(self, model: nn.Module, errors: Sequence[float]) -> None:
        """Keep the weights of ``model`` if the last of the validation errors is the least."""
        if self._wanted and errors[-1] < min(errors[:-1], default=torch.inf):
            self.tensors = {name: kept.clone() for name, kept in model.state_dict().items()}

    def put_back(self, model: nn.Module, errors: Sequence[float]) -> int | None:
        """Give ``model`` the kept weights, and tell their epoch; None where nothing is kept."""
        if not self._wanted:
            return None
        model.load_state_dict(self.tensors)
        return errors.index(min(errors)) + 1
