"""Who computes a training's steps and predictions: torch, or the project's own engine."""
