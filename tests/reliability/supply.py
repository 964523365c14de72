"""What is installed, against the known vulnerabilities of its packages."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome

LONGEST = 900.0
CASE = "pip-audit of the installed packages"


def audit(seed: int) -> Outcome:
    """Run pip-audit in an environment of its own on the packages of this one."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        bin_folder = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        got = _done([str(bin_folder / "pip"), "install", "--quiet", "pip-audit"])
        if got.returncode:
            return Outcome(CASE, "not tried: pip-audit can't be installed here")
        packages = sysconfig.get_paths()["purelib"]
        words = ["--path", packages, "--progress-spinner=off", "--strict", "--skip-editable"]
        done = _done([str(bin_folder / "pip-audit"), *words])
    if "No known vulnerabilities found" in done.stderr + done.stdout:
        return Outcome(CASE, "no known vulnerability")
    rows = [line for line in done.stdout.splitlines() if " PYSEC-" in line or " GHSA-" in line]
    if not rows:  # nobody to ask, or nobody who knows the packages
        return Outcome(CASE, "not tried: no service of known vulnerabilities answers here")
    return Outcome(
        CASE, f"{len(rows)} known vulnerabilities", tuple(" ".join(r.split()) for r in rows)
    )


def _done(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False)


SUPPLY = Campaign(
    "packages",
    "`pip-audit` on the installed packages",
    "None has a known vulnerability.",
    wanted=1,
    few=(),
    try_one=audit,
)
