"""Markdown to what a plan says: text, document, outline, decisions, items."""
