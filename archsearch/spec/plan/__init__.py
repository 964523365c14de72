"""The concrete model, and what follows from it: bottleneck, trunk, YAML."""
