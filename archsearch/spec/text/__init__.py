"""YAML text to nodes that know where they stand, and diagnostics that point there."""
