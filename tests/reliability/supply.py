"""What is installed, against the known vulnerabilities of its packages."""

from __future__ import annotations

import json
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
        words = ["--path", packages, "--progress-spinner=off", "--skip-editable", "--format=json"]
        done = _done([str(bin_folder / "pip-audit"), *words])
    return _told(done.stdout)


def _told(found: str) -> Outcome:
    """What pip-audit says; packages that no service knows were not audited."""
    try:
        packages = json.loads(found)["dependencies"]
    except (ValueError, KeyError):
        return Outcome(CASE, "not tried: no service of known vulnerabilities answers here")
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return Outcome(CASE, "not tried: the service here knows none of the packages")
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}"
        for package in known
        for weakness in package["vulns"]
    ]
    ended = f"{len(weak)} known vulnerabilities in {len(known)} of {len(packages)} packages"
    return Outcome(CASE, ended, tuple(weak))


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
