"""A small page around the interactive chart: its data from a seeded generator, as the report writes them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from archsearch.report import pages

__all__ = ["SCRIPTS", "chart_data", "write_chart_page"]

_FOLDER = Path(pages.__file__).parent
_PARTS = ("scales", "marks", "labels", "plot", "details", "controls", "links")
SCRIPTS = ("page.js", *(f"chart_{part}.js" for part in _PARTS), "chart.js")
"""The page's scripts in the order in which they stand in its one script element."""

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
            _size("bottleneck_size", "bottleneck (numbers a picture)", latent.clip(max=768).tolist()),
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
            {"key": "depth", "label": "depth (layers)", "values": rng.integers(2, 6, count).tolist()},
        ],
        "lines": [
            {"label": "PCA of the same size", "size": "latent_size",
             "points": [[2.0**k, 0.06 * 2.0 ** (-0.75 * max(k - 3, 0))] for k in range(2, 13)]},
            {"label": "channel mean", "level": 0.061},
        ],
        "layers": {
            str(number): f"conv {width} → pool → conv {2 * width} → pool → conv {depth} | upsample → conv {width}"
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
    path = folder / "chart.html"
    path.write_text(
        _PAGE.replace("HASH", f"sha256-{digest}")
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
    return (
        f'<div class="picture-row" data-trial="{number}"><span>trial {number}, seed 0: 0.0{number}</span>'
        f'<svg viewBox="0 0 286 34" aria-hidden="true">{tiles}</svg></div>'
    )


def _table_row(data: dict[str, Any], at: int) -> str:
    error = data["error"]["mean"][at]
    text, sort = ("–", "") if error is None else (f"{error:.4f}", f"{error:.6f}")
    latent = data["sizes"][0]["values"][at]
    return (
        f'<tr data-trial="{data["numbers"][at]}"><th scope="row">{data["numbers"][at]}</th>'
        f'<td data-sort="{latent}">{latent:,}</td><td{f" data-sort={sort}" if sort else ""}>{text}</td></tr>'
    )


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'HASH'">
<meta name="color-scheme" content="light dark">
<title>latent-vs-mse · archsearch report</title>
<style>STYLE</style>
</head>
<body>
<header>
<h1>Latent size and error of small autoencoders</h1>
<p class="facts-line">40 architectures × 3 seeds · 12,000 photographs of 32×32 · 20 epochs · 14 March 2026 · 52 minutes</p>
</header>
<main>
<p class="lead">Yes: each doubling of the latent lowers the error by 23&nbsp;% (95&nbsp;% interval 15 to 30&nbsp;%).</p>
<p>From 256 numbers on, training limits these nets, not the latent: <a class="term" href="#pca">PCA</a> of the same size is three times better.</p>
<div class="first">
<figure id="figure-latent">
<h2>The error falls with the latent, more slowly than PCA’s</h2>
<div id="static-chart" class="drawing"><svg viewBox="0 0 400 300"><rect width="400" height="300" fill="none" stroke="currentColor"/><text x="20" y="40" fill="currentColor">static figure</text></svg></div>
<div id="chart"></div>
<figcaption>Each point is a trial, its bar the smallest and largest of its seeds.</figcaption>
</figure>
<figure id="figure-pictures">
<h2>The same pictures through larger and larger latents</h2>
PICTURES
<figcaption>Originals stand on top; each row names the seed whose pictures it shows.</figcaption>
</figure>
</div>
<section>
<h2>How sure is this?</h2>
<ul class="marks">
<li data-mark="good">Power: a correlation of 0.45 would have been found in four of five such studies.</li>
<li data-mark="caution">Seeds: two seeds of one net differ by as much as a doubling of the latent.</li>
<li data-mark="bad">Convergence: 9 of 40 nets were still improving when training ended.</li>
<li data-mark="plain">Two nets are left out: one failed, one reads past its latent.</li>
</ul>
</section>
<details class="section" id="trials"><summary><h2>Trials</h2></summary>
<p class="note">All trials that ended, the best first.</p>
<div class="scroll tall" tabindex="0" role="region" aria-label="Trials"><table class="numbers sortable">
<thead><tr><th scope="col"><button type="button">trial</button></th><th scope="col"><button type="button">latent</button></th><th scope="col"><button type="button">val MSE</button></th></tr></thead>
<tbody>
ROWS
</tbody></table></div>
</details>
<details class="section" id="glossary"><summary><h2>Glossary</h2></summary>
<dl><dt id="pca">PCA</dt><dd>Principal component analysis: the best linear code of as many numbers.</dd></dl>
<div class="spec"><button type="button" class="copy">Copy</button><pre tabindex="0">name: family</pre></div>
</details>
</main>
<script type="application/json" id="chart-data">DATA</script>
<script>SCRIPT</script>
</body>
</html>
"""
