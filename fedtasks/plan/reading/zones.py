"""What kind of section a place stands in: by its own words, else by what it stands in."""

from __future__ import annotations

from fedtasks.plan.reading.heads import Head
from fedtasks.plan.reading.inline import BOLD
from fedtasks.plan.reading.kinds import BRACKETS, Kind, kind_of, names_list
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Node
from fedtasks.plan.reading.places import HEADINGS, STICKY, Place, is_title
from fedtasks.plan.reading.saying import says


def own_kind(head: Head) -> Kind | None:
    """What the words and marks of a heading say by themselves; a phase's own backlog (`Sprint 1 backlog`) is work."""
    bold = BOLD.match(head.rest)
    kind = kind_of(bold[2] if bold else head.rest)
    if kind is None and says("fields.files", head.rest):
        kind = Kind.BACKGROUND
    if head.label is not None and head.label.kind is not LabelKind.NUMBER:
        aside = kind in STICKY and head.label.kind is LabelKind.PHASE and not names_list(BRACKETS.sub("", head.rest))
        return kind if aside else Kind.WORK
    if head.action is not None:
        return Kind.WORK
    return kind


def inherited(above: Place | None, node: Node) -> Kind | None:
    """What a place takes over from where it stands: a title makes its sections work only if it names a list."""
    if above is None:
        return None
    return None if is_title(above) and node.form in HEADINGS and not names_list(above.head.rest) else above.zone


def zone_of(own: Kind | None, above: Kind | None, head: Head) -> Kind | None:
    """Verification and optional sections stay so all the way down, but a phase is none of its proof (`Phases and
    acceptance`); else its own words, else what it stands in."""
    phase = head.label is not None and head.label.kind is LabelKind.PHASE and own is Kind.WORK
    if above in STICKY and not (phase and above is Kind.VERIFICATION):
        return above
    if own is None:
        return above
    if above in (Kind.BACKGROUND, Kind.SUMMARY) and own is Kind.WEAK:
        return above
    return own
