"""Use-cases of plan files."""
