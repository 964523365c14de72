"""All campaigns, in the order of the page."""

from __future__ import annotations

from tests.reliability.campaign import Campaign
from tests.reliability.damaged import DAMAGED
from tests.reliability.disks import DISKS
from tests.reliability.kills import KILLS
from tests.reliability.pictures import EXTREME_PICTURES, PICTURES
from tests.reliability.texts import EXPRESSIONS, TEXTS

CAMPAIGNS: dict[str, Campaign] = {
    each.name: each
    for each in (KILLS, DISKS, DAMAGED, TEXTS, EXPRESSIONS, PICTURES, EXTREME_PICTURES)
}
