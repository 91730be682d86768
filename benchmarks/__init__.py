"""What a request costs: its work alone, and through the service. `python -m benchmarks`."""
