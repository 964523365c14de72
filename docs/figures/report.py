"""Take docs/figures/report.png: the first screen of a report, in headless Chromium.

After ``make demo``: ``python docs/figures/report.py reports/quickstart/index.html``
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import browsed, chromium  # noqa: E402 - beside the package, not installed

WIDTH, HEIGHT = 1280, 1045


def main(page: Path) -> None:
    """Write the figure, with as few colors as keep it small."""
    with chromium() as browser, browsed(browser, page, width=WIDTH, height=HEIGHT) as opened:
        shot = Image.open(io.BytesIO(opened.page.screenshot()))
    few = shot.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(ROOT / "docs/figures/report.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
