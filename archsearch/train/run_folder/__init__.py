"""The folder of a run: what is in it, whose it is, and making again what it lost."""
