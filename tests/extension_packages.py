"""Small packages with entry points, as pip would leave them, for tests of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["install"]


def install(
    site: Path,
    name: str,
    points: Mapping[str, Mapping[str, str]],
    code: str = "",
    version: str = "1.0",
) -> None:
    """Put a package into ``site``: one module with ``code``, and its metadata.

    Args:
        site: a folder that is, or will be, on the path.
        name: of the distribution; its module has underscores.
        points: group → name → ``module:attribute``.
        code: of the module; "" writes none.
        version: of the distribution.
    """
    module = name.replace("-", "_")
    info = site / f"{module}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, declared in points.items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in declared.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    if code:
        (site / f"{module}.py").write_text(code)
