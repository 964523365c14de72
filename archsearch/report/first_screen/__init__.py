"""What stands open: the answer, error against latent size, pictures, the best, how sure it is."""
