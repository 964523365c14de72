"""Kernels as machine code: made once on a machine, then loaded from the cache."""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from archsearch.engine.code_cache import CodeCache, user_cache
from archsearch.engine.machine import Machine

__all__ = ["Argument", "Library", "library"]

Argument = str | int | float


@dataclass(frozen=True)
class _Key:
    name: str
    arguments: tuple[Argument, ...]

    @property
    def symbol(self) -> str:
        """The function's name in its object file."""
        return "_".join(map(str, (self.name, *self.arguments)))


@dataclass(eq=False)
class Library:
    """The kernels of one machine, one number of lanes and one type of numbers.

    Attributes:
        machine: that they are made for.
        lanes: pictures in a vector.
        dtype: of numbers, float32 or float64.
        cache: where object code is kept, or None.
        compiled: how many kernels weren't in the cache.
    """

    machine: Machine
    lanes: int
    dtype: np.dtype[Any]
    cache: CodeCache | None
    compiled: int = 0
    _addresses: dict[_Key, int] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Start LLVM's code generator for the machine."""
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple()
        self._target = target.create_target_machine(
            cpu=self.machine.cpu, features=self._features, opt=2, codemodel="jitdefault"
        )
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._target)

    def address(self, name: str, *arguments: Argument) -> int:
        """Where a kernel's machine code lies; it is made if it isn't there yet.

        Args:
            name: in :data:`archsearch.engine.kernels.catalogue.KERNELS`.
            arguments: the kernel's own.
        """
        key = _Key(name, arguments)
        with self._lock:
            if key not in self._addresses:
                self._addresses[key] = self._loaded(key)
            return self._addresses[key]

    def function(self, name: str, argument_count: int) -> Any:
        """A kernel that Python calls with whole numbers and addresses, the GIL released."""
        kinds = [ctypes.c_int64] * argument_count
        return ctypes.CFUNCTYPE(None, *kinds)(self.address(name))

    def _loaded(self, key: _Key) -> int:
        import llvmlite.binding as llvm

        digest = self._digest(key)
        code = self.cache.get(digest) if self.cache is not None else None
        if code is None:
            code = self._compile(key)
            self.compiled += 1
            if self.cache is not None:
                self.cache.put(digest, code)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        address: int = self._engine.get_function_address(key.symbol)
        return address

    def _compile(self, key: _Key) -> bytes:
        import llvmlite.binding as llvm

        from archsearch.engine.kernels.catalogue import KERNELS
        from archsearch.engine.kernels.emitter import Symbol

        symbol = Symbol(key.symbol, self.lanes, self.dtype.itemsize == 8)
        text = KERNELS[key.name](symbol, *key.arguments)
        marked = text.replace("\n{", f" {self.machine.attributes}\n{{")
        module = llvm.parse_assembly(f'target triple = "{self._target.triple}"\n{marked}')
        code: bytes = self._target.emit_object(module)
        return code

    @property
    def _features(self) -> str:
        wide = ",-prefer-256-bit" if self.machine.vector_bytes == 64 else ""
        return self.machine.features + wide

    def _digest(self, key: _Key) -> str:
        """Of everything that the machine code depends on."""
        parts = (
            key.symbol,
            self.lanes,
            self.dtype.str,
            self.machine.cpu,
            self._features,
            self.machine.attributes,
            *_versions(),
        )
        return sha256("\n".join(map(str, parts)).encode()).hexdigest()


@cache
def _versions() -> tuple[str, ...]:
    """llvmlite's, LLVM's, and a digest of the source of kernels and of what they import."""
    import llvmlite
    from llvmlite.binding import llvm_version_info

    folder = Path(__file__).parent
    sources = [*sorted(folder.glob("*.py")), *sorted((folder / "kernels").glob("*.py"))]
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return str(llvmlite.__version__), str(llvm_version_info), digest


@cache
def library(machine: Machine, lanes: int, dtype: np.dtype[Any]) -> Library:
    """The process's library of a machine, with the user's cache."""
    return Library(machine, lanes, dtype, user_cache())
