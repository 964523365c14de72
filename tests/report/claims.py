"""What a page claims to have found, read from its own sentences."""

from __future__ import annotations

import re

from archsearch.report.choices import choices
from archsearch.report.findings import Findings
from archsearch.report.standing import standing
from archsearch.report.words import answer

_CLAIMS = (
    r"^Yes",
    r"Without the [^:]*: yes",
    r"latent size explains something that these don't",
    r"it holds inside the families",
    r"there is one inside the families",
    r"it has the other sign",
    r"shown only without",
    r"It has a knee at",
    r"these change the error",
    r"that differ in one thing: ",
    r"The error correlates more strongly with",
)


def claims(findings: Findings) -> list[str]:
    """The positive findings that the page tells of, the headline's among them."""
    said = [*answer(findings), *standing(findings.details), *choices(findings.details)]
    return [claim for claim in _CLAIMS for text in said if re.search(claim, text)]
