"""Use-cases of notices."""
