"""From tasks to rows to text: pure."""
