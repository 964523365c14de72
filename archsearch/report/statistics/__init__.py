"""What is computed of a study, each kind in a file of its own; no words, no figures.

Every unit is an architecture, its seeds averaged first, except in
:mod:`~archsearch.report.statistics.noise`, which is about the seeds.
"""
