"""Use-cases between stores."""
