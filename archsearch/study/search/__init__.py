"""What a study trains: distributions, samplers, planned trials and pruning."""
