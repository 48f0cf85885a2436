"""What a plan, read again, changes about its tasks."""
