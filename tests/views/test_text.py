"""Text on a terminal."""

from __future__ import annotations

from fedtasks.views.text import safe


def test_a_title_turns_no_line_around() -> None:
    """Signs that turn the direction of what follows could make a line say what it does not."""
    assert safe("a\u202etxt.exe\u2066b") == "a�txt.exe�b"
    assert safe("שלום مرحبا 👩‍👩‍👧") == "שלום مرحبا 👩‍👩‍👧"
