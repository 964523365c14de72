"""The processes that train a study's candidates, here and on other hosts."""
