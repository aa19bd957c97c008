"""What executes requests: this machine, or a Ray cluster."""
