"""The training loop: steps, epochs, optimizers, the learning rate, and checkpoints."""
