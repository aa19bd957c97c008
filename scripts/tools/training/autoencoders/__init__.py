"""What the autoencoder learns from and grows from, and an error taken through its decoder."""
