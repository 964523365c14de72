"""The packages that archsearch declares in its metadata, and what is installed of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement

__all__ = ["OF_DEVELOPERS", "Package", "declared_extras", "declared_packages"]

OF_DEVELOPERS = ("dev", "docs")
"""The extras of people who change archsearch itself."""


@dataclass(frozen=True)
class Package:
    """One that is declared.

    Attributes:
        name: as it is installed.
        wanted: the versions that archsearch takes, e.g. ``>=2.10``.
        found: the installed version; None where it isn't installed.
        fits: whether that is one of those wanted.
    """

    name: str
    wanted: str
    found: str | None
    fits: bool

    @classmethod
    def of(cls, requirement: Requirement) -> Package:
        """Look it up."""
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            return cls(requirement.name, str(requirement.specifier), None, False)
        fits = requirement.specifier.contains(found, prereleases=True)
        return cls(requirement.name, str(requirement.specifier), found, fits)

    def __str__(self) -> str:
        """What is there, e.g. ``onnx 1.15, not >=1.18``."""
        if self.found is None:
            return f"no {self.name}"
        return f"{self.name} {self.found}{'' if self.fits else f', not {self.wanted}'}"


def declared_packages(extra: str = "") -> tuple[Package, ...]:
    """Those that archsearch can't do without; or those that an extra adds, on this system."""
    wanted = _requirements(extra)
    if extra:
        always = {str(each) for each in _requirements("")}
        wanted = tuple(each for each in wanted if str(each) not in always)
    return tuple(map(Package.of, wanted))


def declared_extras() -> tuple[str, ...]:
    """The extras that bring packages which only some commands need."""
    try:
        names = distribution("archsearch").metadata.get_all("Provides-Extra") or []
    except PackageNotFoundError:  # a checkout that was never installed
        return ()
    return tuple(name for name in names if name not in OF_DEVELOPERS)


def _requirements(extra: str) -> tuple[Requirement, ...]:
    try:
        texts = distribution("archsearch").requires or ()
    except PackageNotFoundError:
        return ()
    found = map(Requirement, texts)
    return tuple(
        each for each in found if each.marker is None or each.marker.evaluate({"extra": extra})
    )
