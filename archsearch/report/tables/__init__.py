"""The page's tables, as text cells."""
