"""What pyproject.toml can't say: the gallery is outside of the package, and the wheel brings it.

The files stand once, in ``specs/``, ``studies/`` and ``schemas/``. ``archsearch.config.gallery``
finds them there in a checkout, and below ``archsearch/gallery/`` where a wheel was installed.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

GALLERY = ("specs/*.yaml", "studies/*.yaml", "schemas/*.json")


class BuildWithGallery(build_py):
    """Copies the gallery beside the modules, but not for an editable installation."""

    def run(self) -> None:
        """Build the package, then add the gallery."""
        super().run()
        if not self.editable_mode:
            for source, target in self._gallery():
                target.parent.mkdir(parents=True, exist_ok=True)
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """The files of a build, for tools that ask."""
        outputs: list[str] = super().get_outputs(include_bytecode)
        return [*outputs, *(str(target) for _, target in self._gallery())]

    def _gallery(self) -> list[tuple[Path, Path]]:
        folder = Path(self.build_lib, "archsearch", "gallery")
        sources = [path for pattern in GALLERY for path in sorted(Path().glob(pattern))]
        return [(path, folder / path) for path in sources]


setup(cmdclass={"build_py": BuildWithGallery})
