"""Expressions in specs and studies: ``$width``, ``$(width * 2 ** i)``."""
