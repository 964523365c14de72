"""Speed, measured: ``python -m benchmarks`` prints it and keeps it in results/."""
