"""Operations: steps of a sample that need no model, one module each. Plain computation on arrays."""
