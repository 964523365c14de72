"""Training and prediction at the speed of the processor, without torch's operations.

Convolutions of few channels fill neither vectors nor caches as long as channels lie side by side.
Here pictures do: a vector holds one number of each of so many pictures as a register takes. Such a
block goes forward and back through the whole net while it lies in the cache::

    plan ── layers ──▶ graph: tensors, terms, maps of rows ── program ──▶ operations ──▶ records
    IR made in Python ── library ──▶ machine code, cached ◀── tiles: registers ──┘
    Engine.step ── runner: blocks on threads ──▶ loss, gradients

It meets whoever trains at one seam, and knows nothing of tasks, optimizers or torch:

- :func:`unsupported` says why a plan isn't taken, or None. Whoever asks sees to it that the loss
  is that word's of the net's output and a target that doesn't depend on the net.
- :attr:`Engine.parameters`, ``gradients`` and ``buffers`` are arrays by the names of
  ``nn.build``. They stay where they are, so ``torch.from_numpy`` gives tensors in the same memory:
  an optimizer that steps on them trains the engine, and their ``state_dict`` is the model's.
- :meth:`Engine.step` takes pictures, as bytes with ids or as numbers, and what they should become;
  it gives the loss and leaves the gradients.
- :meth:`Engine.forward` and :meth:`Engine.codes` give outputs and latents, :meth:`Engine.decode`
  what becomes of latents.

Equal seeds, machines, thread counts and batches give equal bits.
"""

from archsearch.engine.run import Engine
from archsearch.engine.support import LOSSES, unsupported

__all__ = ["LOSSES", "Engine", "unsupported"]
