"""What the trials show, as numbers: tables, statistics, warnings, the answer."""
