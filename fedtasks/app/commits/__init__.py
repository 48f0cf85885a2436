"""Use-cases of git hooks: what commits to the code say to the tasks."""
