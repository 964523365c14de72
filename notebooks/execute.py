"""Execute the notebooks beside this file, each in an empty folder, and keep their outputs.

``python notebooks/execute.py [NAME …]`` writes them anew; the tests execute them too, and compare.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from archsearch.data import cache_root

FOLDER = Path(__file__).resolve().parent
SECONDS = 300
"""Most for a cell."""


class ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that runs this, whatever is installed beside it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give it, by whatever name."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def executed(notebook: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a run in ``folder``.

    Raises:
        CellExecutionError: a cell raised an error.
    """
    content = nbformat.read(notebook, as_version=4)
    manager = AsyncKernelManager(kernel_spec_manager=ThisPython(), kernel_name="python3")
    with tempfile.TemporaryDirectory() as sockets:
        if sys.platform != "win32":
            manager.transport = "ipc"  # a socket of this user's, not a port of the machine
            manager.ip = f"{sockets}/kernel"  # as it is, it would be looked for in both folders
        client = NotebookClient(
            content,
            km=manager,
            timeout=SECONDS,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env={**os.environ, "PATH": _with_commands()})
    for cell in content.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = output.text.replace(str(cache_root()), "~/.cache/archsearch")
    content.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return content


def _with_commands() -> str:
    """The commands' search path, those of this Python first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def main(names: Sequence[str]) -> None:
    """Execute those of ``names``, or all."""
    for notebook in sorted(FOLDER.glob("*.ipynb")):
        if not names or notebook.stem in names:
            with tempfile.TemporaryDirectory() as folder:
                content = executed(notebook, Path(folder))
            nbformat.write(content, notebook)


if __name__ == "__main__":
    main(sys.argv[1:])
