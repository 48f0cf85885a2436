"""The rules of tasks: pure, without clock, disk or environment."""
