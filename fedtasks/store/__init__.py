"""The store: a directory of JSON files, its lock, its journal, its one writer, its index."""
