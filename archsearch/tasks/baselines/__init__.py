"""How well pictures are predicted without a net: baselines, fitted on the training split."""
