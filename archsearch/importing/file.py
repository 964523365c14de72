"""A module that a Python file makes. To get it, the file's code is run."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from archsearch.errors import InputError

__all__ = ["load_weights_file", "module_from_file", "split_target"]

_HELP = "write FILE.py:NAME; NAME is a module, or a class or function that gives one"


def split_target(target: str) -> tuple[Path, str]:
    """``FILE.py:NAME`` as file and name.

    Raises:
        InputError: it has another form, or there is no such file.

    Example:
        >>> split_target("net.py")
        Traceback (most recent call last):
        archsearch.errors.InputError: `net.py` names no module
          help: write FILE.py:NAME; NAME is a module, or a class or function that gives one
    """
    file, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier() or not file.endswith(".py"):
        raise InputError(f"`{target}` names no module", help=_HELP)
    if not Path(file).is_file():
        raise InputError(f"there is no file {file}", help=_HELP)
    return Path(file), name


def module_from_file(target: str) -> nn.Module:
    """Run a file's code and give the module that it calls NAME.

    Weights that are drawn meanwhile are those of seed 0.

    Args:
        target: ``FILE.py:NAME``; a class or function is called without arguments.

    Raises:
        InputError: there is no such file or name, its code fails, or gives no module.
    """
    path, name = split_target(target)
    with torch.random.fork_rng(devices=[]), _importing_from(path):
        torch.default_generator.manual_seed(0)
        try:
            made = _made(_run(path), path, name)
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            raise InputError(
                f"{target} failed: {type(error).__name__}: {error}",
                help=f"see that `python {path}` runs, and that NAME needs no arguments",
            ) from error
    if not isinstance(made, nn.Module):
        raise InputError(f"{target} is no torch.nn.Module ({type(made).__name__})", help=_HELP)
    return made


@contextmanager
def _importing_from(path: Path) -> Iterator[None]:
    """Let the file import what lies beside it, and find no arguments, as when Python runs it."""
    folder, arguments = str(path.resolve().parent), sys.argv
    sys.path.insert(0, folder)
    sys.argv = [str(path)]
    try:
        yield
    finally:
        sys.path.remove(folder)
        sys.argv = arguments


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} can't be run as Python", help=_HELP)
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(spec.name)
    sys.modules[spec.name] = module  # dataclasses look for the module that they stand in
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
        if before is not None:
            sys.modules[spec.name] = before
    return module


def _made(file: ModuleType, path: Path, name: str) -> object:
    if not hasattr(file, name):
        known = [each for each, value in vars(file).items() if _gives_module(value, file)]
        told = f"it has {', '.join(known)}" if known else "it makes no module at its top"
        raise InputError(f"{path} has no {name}", help=told)
    found = getattr(file, name)
    return found if isinstance(found, nn.Module) or not callable(found) else found()


def _gives_module(value: object, file: ModuleType) -> bool:
    """Whether it is a module, or a class of modules that the file itself makes."""
    if isinstance(value, type):
        return issubclass(value, nn.Module) and value.__module__ == file.__name__
    return isinstance(value, nn.Module)


def load_weights_file(module: nn.Module, path: Path) -> None:
    """Fill a module with the weights of a safetensors file; no code is in it.

    Raises:
        InputError: it can't be read, or its weights are of another module.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError, ValueError) as error:
        raise InputError(
            f"{path}: no readable weights ({error})",
            help="save them with safetensors.torch.save_file(module.state_dict(), FILE); files of "
            "torch.save may hold code, so they aren't read",
        ) from error
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2]
        raise InputError(
            f"{path}: the weights aren't those of the module",
            details=[f"  {line.strip()}" for line in first],
            help="name the module that they were saved from",
        ) from error
