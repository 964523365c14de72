"""What a page claims to have found, read from its own sentences."""

from __future__ import annotations

import re

from archsearch.report.analysis.findings import Findings
from archsearch.report.sentences.choices import choices
from archsearch.report.sentences.headline import answer, given_others
from archsearch.report.sentences.robustness import robustness

CLAIMS = (
    r"^Yes",
    r"Without the [^:]*: yes",
    r"latent size explains something that these don't",
    r"it holds inside the groups",
    r"there is one inside the groups",
    r"it has the other sign",
    r"shown only without",
    r"It has a knee at",
    r"these change the error",
    r"that differ in one thing: ",
    r"The error correlates more strongly with",
)


def claims(findings: Findings) -> list[str]:
    """The positive findings that the page tells of, the headline's among them."""
    said = [
        *answer(findings),
        given_others(findings),
        *robustness(findings.secondary),
        *choices(findings.secondary),
    ]
    return [claim for claim in CLAIMS for text in said if re.search(claim, text)]
