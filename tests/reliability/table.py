"""All campaigns, in the order of the page."""

from __future__ import annotations

from tests.reliability.campaign import Campaign
from tests.reliability.damaged import DAMAGED
from tests.reliability.disks import DISKS
from tests.reliability.kills import KILLS

CAMPAIGNS: dict[str, Campaign] = {each.name: each for each in (KILLS, DISKS, DAMAGED)}
