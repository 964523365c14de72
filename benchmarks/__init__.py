"""Measurements of what archsearch itself costs, against plain ways to do the same."""
