"""What the numbers say, in sentences that are never surer than they are."""
