"""What is refused before a training starts, and how memory runs out during one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archsearch.config import RunSettings, check_task, task_channels
from archsearch.errors import InputError, RunFailedError
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks import check_extensions, check_loss

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["check_together", "memory_errors"]


def check_together(plan: ModelPlan, settings: RunSettings, pictures: Pictures) -> None:
    """See that a plan can be trained with these settings on these pictures.

    Raises:
        InputError: size, channels, task, loss, an empty split, or batch norm of one number.
    """
    check_loss(plan, settings)
    check_extensions(plan, settings)
    check_task(settings.task, settings.train, plan.input.height, plan.input.width)
    wanted = task_channels(settings.task, pictures.images_NCHW.shape[1])
    if (plan.input.channels, plan.output.channels) != (wanted.feeds, wanted.wants):
        raise InputError(
            f"`{plan.name}` takes {plan.input.channels} channels and gives "
            f"{plan.output.channels}, {wanted.task} feeds {wanted.feeds} and wants {wanted.wants}",
            help=f"plan the net for task and pictures, with `auto` channels: "
            f"plan(task={wanted.task!r}, picture_channels={pictures.images_NCHW.shape[1]})",
        )
    height, width = pictures.images_NCHW.shape[2:]
    if (height, width) != (plan.input.height, plan.input.width):
        raise InputError(
            f"`{plan.name}` takes {plan.input.height}×{plan.input.width} pictures, "
            f"{pictures.source} gives {height}×{width}",
            help="change `input` in the spec, or load the pictures at its size",
        )
    if min(len(split) for split in (pictures.train, pictures.val, pictures.test)) == 0:
        raise InputError(
            f"{pictures.source} has an empty split: {pictures.splits}",
            help="take more pictures (data.limit)",
        )
    _check_batch_norm(plan, min(settings.train.batch_size, len(pictures.train)))


def _check_batch_norm(plan: ModelPlan, batch_size: int) -> None:
    """One picture has no variance over a 1×1 output, and torch refuses it there."""
    for layer in plan.layers:
        if batch_size == 1 and layer.op.batch_norm and layer.output.as_tuple()[1:] == (1, 1):
            raise InputError(
                f"batch norm on {layer.path} ({layer.output}) has a single number per channel "
                "in a batch of 1 picture",
                help="use train.batch_size of at least 2, or `norm: layer`",
            )


@contextmanager
def memory_errors(plan: ModelPlan, settings: RunSettings) -> Iterator[None]:
    """Turn running out of memory, which torch tells as RuntimeError, into RunFailedError."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        told = str(error).lower()
        if isinstance(error, MemoryError) or "out of memory" in told or "allocate memory" in told:
            raise RunFailedError(
                f"not enough memory to train `{plan.name}` "
                f"with batches of {settings.train.batch_size}",
                help="lower train.batch_size, or make the first layers narrower",
            ) from error
        raise
