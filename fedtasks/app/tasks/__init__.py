"""Use-cases of one task and of lists of them."""
