"""A small page around the interactive chart; a seeded generator makes its data."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from archsearch.report import pages
from archsearch.report.pages.html import SCRIPTS

__all__ = ["chart_data", "write_chart_page"]

_FOLDER = Path(pages.__file__).parent
_ACTIVATIONS = ["relu", "gelu", "silu", "leaky_relu"]
_CHANNELS = (1, 2, 4, 8, 16, 24)


def chart_data(count: int = 40, seed: int = 0) -> dict[str, Any]:
    """``count`` nets whose error falls with the size of the latent.

    The third is collapsed, the fifth reads past its latent, the seventh has no
    error, every sixth has no normalization.
    """
    rng = np.random.default_rng(seed)
    channels = rng.choice(_CHANNELS, count)
    sides = rng.choice([4, 8], count)
    latent = channels * sides**2
    widths = rng.integers(4, 33, count)
    params = (900 * widths + 40 * latent * rng.uniform(0.8, 1.2, count)).astype(int)
    mean = 0.05 * (latent / 16.0) ** -0.45 * np.exp(rng.normal(0, 0.12, count))
    half = mean * rng.uniform(0.02, 0.15, count)
    errors: list[float | None] = mean.tolist()
    hollow = [""] * count
    if count > 6:
        errors[2], hollow[2] = 0.058, "collapsed"
        hollow[4] = "reads past its latent"
        errors[6] = None
    known = [error is not None for error in errors]
    numbers = list(range(3, 3 + count))
    ranks = sorted((e, n) for e, n, h in zip(errors, numbers, hollow, strict=True) if e and not h)
    return {
        "noun": "trial",
        "numbers": numbers,
        "names": None,
        "sizes": [
            _size("latent_size", "latent size (numbers a picture)", latent.tolist()),
            _size("bottleneck_size", "bottleneck (numbers)", latent.clip(max=768).tolist()),
            _size("params", "parameters", params.tolist()),
            _size("macs", "MACs (multiply–adds a picture)", (params * 64).tolist()),
        ],
        "error": {
            "label": "validation MSE (RGB in [0, 1])",
            "mean": errors,
            "low": [e - h if e else None for e, h in zip(errors, half, strict=True)],
            "high": [e + h if e else None for e, h in zip(errors, half, strict=True)],
            "seeds": [3 if one else 0 for one in known],
        },
        "test": [error * 1.03 if error else None for error in errors],
        "hollow": hollow,
        "shape": [f"{side}×{side}×{depth}" for side, depth in zip(sides, channels, strict=True)],
        "choices": [
            {"key": "activation", "label": "activation", "levels": _ACTIVATIONS,
             "values": rng.integers(0, len(_ACTIVATIONS), count).tolist()},
            {"key": "width", "label": "width (channels)", "values": widths.tolist()},
            {"key": "norm", "label": "normalization", "levels": ["batch", "group"],
             "values": [None if n % 6 == 0 else n % 2 for n in range(count)]},
            {"key": "depth", "label": "depth (layers)",
             "values": rng.integers(2, 6, count).tolist()},
        ],
        "lines": [
            {"label": "PCA of the same size", "size": "latent_size",
             "points": [[2.0**k, 0.06 * 2.0 ** (-0.75 * max(k - 3, 0))] for k in range(2, 13)]},
            {"label": "channel mean", "level": 0.061},
        ],
        "layers": {
            str(number): f"conv {width} → pool → conv {depth} | upsample → conv {width}"
            for number, width, depth in zip(numbers, widths, channels, strict=True)
        },
        "specs": {str(number): _spec(number) for number in numbers[::2]},
        "family": _spec(0).replace("trial-0", "family").replace("filters: 12", "filters: $width"),
        "best": ranks[0][1],
    }  # fmt: skip


def _size(key: str, label: str, values: list[int]) -> dict[str, Any]:
    return {"key": key, "label": label, "values": values}


def _spec(number: int) -> str:
    return f"""name: trial-{number}
encoder:
  - conv: {{filters: 12, kernel: 3, activation: relu}}
  - max_pool: 2
  - conv: {{filters: 16, kernel: 3, activation: relu}}
decoder:
  - upsample: 2
  - conv: {{filters: 3, kernel: 3, activation: sigmoid}}
"""


def write_chart_page(folder: Path, data: dict[str, Any]) -> Path:
    """``chart.html`` in ``folder``, under the report's content policy."""
    script = "\n".join((_FOLDER / name).read_text("utf-8") for name in SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    style = (_FOLDER / "page.css").read_text("utf-8")
    shown = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    page = Path(__file__).with_suffix(".html").read_text("utf-8")
    path = folder / "chart.html"
    path.write_text(
        page.replace("HASH", f"sha256-{digest}")
        .replace("STYLE", style)
        .replace("PICTURES", "\n".join(map(_picture_row, data["numbers"][:5])))
        .replace("ROWS", "\n".join(_table_row(data, at) for at in range(len(data["numbers"]))))
        .replace("DATA", shown)
        .replace("SCRIPT", script),
        "utf-8",
    )
    return path


def _picture_row(number: int) -> str:
    tiles = "".join(
        f'<rect x="{36 * at}" width="34" height="34" fill="hsl({37 * at + 5 * number} 40% 55%)"/>'
        for at in range(8)
    )
    label = f"<span>trial {number}, seed 0: 0.0{number}</span>"
    pictures = f'<svg viewBox="0 0 286 34" aria-hidden="true">{tiles}</svg>'
    return f'<div class="picture-row" data-trial="{number}">{label}{pictures}</div>'


def _table_row(data: dict[str, Any], at: int) -> str:
    number, error = data["numbers"][at], data["error"]["mean"][at]
    latent = data["sizes"][0]["values"][at]
    known = "<td>–</td>" if error is None else f'<td data-sort="{error:.6f}">{error:.4f}</td>'
    head = f'<th scope="row">{number}</th><td data-sort="{latent or 0}">{latent}</td>'
    return f'<tr data-trial="{number}">{head}{known}</tr>'
