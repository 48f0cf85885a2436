"""Plans: Markdown read into items, and items reconciled with tasks."""
