"""Use-cases between clones of a store."""
