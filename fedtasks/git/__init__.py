"""The one door to git, and what the store needs of it."""
