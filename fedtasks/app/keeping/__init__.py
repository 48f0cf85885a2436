"""Use-cases of the store as a whole."""
