"""The command line: thin commands over the use-cases, and the one error boundary."""
