"""The command line. ``main`` is the console script."""

from archsearch.cli.app import app, main

__all__ = ["app", "main"]
