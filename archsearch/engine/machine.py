"""What the processor can do: its name, its vectors, its registers."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache

__all__ = ["Machine", "host", "missing"]


@dataclass(frozen=True)
class Machine:
    """A processor that kernels are made for.

    Attributes:
        cpu: LLVM's name of it.
        features: LLVM's list of what it has and lacks, e.g. ``+avx2,-avx512f``.
        vector_bytes: bytes of a vector register.
        registers: how many vector registers there are.
    """

    cpu: str
    features: str
    vector_bytes: int
    registers: int

    @property
    def attributes(self) -> str:
        """What each function is marked with, so that LLVM uses whole registers."""
        bits = 8 * self.vector_bytes
        return f'"prefer-vector-width"="{bits}" "min-legal-vector-width"="{bits}"'

    def lanes(self, itemsize: int) -> int:
        """Numbers of ``itemsize`` bytes in a register: the pictures of a block."""
        return self.vector_bytes // itemsize


def missing() -> str | None:
    """Why no kernel can be made here, or None."""
    if importlib.util.find_spec("llvmlite") is None:
        return "llvmlite isn't installed"
    try:
        import llvmlite.binding  # noqa: F401 - whether its library can be loaded
    except (ImportError, OSError) as error:
        return f"llvmlite can't be loaded ({str(error).split('. ')[0]})"
    if host() is None:
        return "this processor has no vectors that the engine knows (AVX2 with FMA, or NEON)"
    return None


@cache
def host() -> Machine | None:
    """The processor of this machine; None: its vectors aren't known."""
    import llvmlite.binding as llvm

    cpu = llvm.get_host_cpu_name()
    try:
        has = dict(llvm.get_host_cpu_features())
    except RuntimeError:  # LLVM can't ask this system; the name alone tells what there is
        has = {}
    family = llvm.get_process_triple().split("-")[0]
    listed = ",".join(f"{'+' if there else '-'}{name}" for name, there in sorted(has.items()))
    if has.get("avx512f") and has.get("avx512vl"):
        return Machine(cpu, listed, 64, 32)
    if has.get("avx2") and has.get("fma"):
        return Machine(cpu, listed, 32, 16)
    if family in {"aarch64", "arm64"}:
        return Machine(cpu, listed, 16, 32)
    return None
