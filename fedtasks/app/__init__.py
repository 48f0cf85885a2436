"""Use-cases: one module a subject; the faces call these and nothing below."""
