"""What pyproject.toml can't say: the wheel's gallery, and a README whose links work on PyPI.

The gallery's files stand once, in ``specs/``, ``studies/`` and ``schemas/``, outside of the
package. ``archsearch.config.gallery`` finds them there in a checkout, and below
``archsearch/gallery/`` where a wheel was installed.
"""

import re
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

GALLERY = ("specs/**/*.yaml", "studies/*.yaml", "schemas/*.json")


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


def readme() -> str:
    """README.md; what it links to in the repository gets the repository's address."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = project["urls"]["Repository"]
    text = Path("README.md").read_text(encoding="utf-8")
    text = re.sub(r"(!\[[^\]]*\]\()(?!https?://)", rf"\g<1>{repository}/raw/main/", text)
    return re.sub(r"\]\((?!https?://|#)", f"]({repository}/blob/main/", text)


setup(
    cmdclass={"build_py": BuildWithGallery},
    long_description=readme(),
    long_description_content_type="text/markdown",
)
