"""What the system says of the file system that a store stands on, and whether its locks reach other machines."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from fedtasks.errors import OutOfReach

TABLE = Path("/proc/self/mountinfo")
NETWORKED = ("nfs", "cifs", "smb3", "9p", "ceph", "lustre", "glusterfs", "afs", "beegfs", "gpfs", "fuse.")
"""How the types of file systems begin whose files other machines may have as well."""

REFUSED, DOUBTFUL = "refused", "doubtful"


class Mount(NamedTuple):
    """A mounted file system: where, of what type, what from, and its options (`vers=4.2` whole)."""

    place: str
    type: str
    source: str
    options: tuple[str, ...]

    @property
    def is_networked(self) -> bool:
        """Whether other machines may write here, too."""
        return self.type.startswith(NETWORKED)


class Doubt(NamedTuple):
    """What is wrong with a mount: REFUSED or DOUBTFUL, why, and what to do."""

    level: str
    reason: str
    hint: str


def mount_of(table: bytes, path: Path) -> Mount | None:
    """The mount that an absolute path stands on, in a text like /proc/self/mountinfo; None where none is named."""
    found: Mount | None = None
    for line in table.decode("utf-8", "surrogateescape").splitlines():
        head, _, tail = line.partition(" - ")
        left, right = head.split(" "), tail.split(" ")
        if len(left) < 6 or len(right) < 3:
            continue
        place = _plain(left[4])
        if path.is_relative_to(place) and (found is None or len(place) >= len(found.place)):
            options = tuple(dict.fromkeys([*left[5].split(","), *right[2].split(",")]))
            found = Mount(place, right[0], _plain(right[1]), options)
    return found


def _plain(word: str) -> str:
    """The kernel writes blanks in names as `\\040`."""
    return re.sub(r"\\([0-7]{3})", lambda sign: chr(int(sign[1], 8)), word)


class _Rule(NamedTuple):
    types: tuple[str, ...]
    options: tuple[str, ...]
    doubt: Doubt


_APART = "locks stay on one machine, and two machines overwrite each other's changes"
_NFS = ("nfs", "nfs4")

RULES = (
    _Rule(_NFS, ("nolock", "local_lock=all", "local_lock=flock"), Doubt(REFUSED, _APART, "mount it without {}")),
    _Rule(_NFS, ("nocto",), Doubt(REFUSED, "a file may be read as it was before", "mount it without {}")),
    _Rule(
        _NFS, ("soft", "softerr"), Doubt(DOUBTFUL, "a slow server ends a write with an error", "mount it with 'hard'")
    ),
    _Rule(_NFS, ("vers=2", "vers=3"), Doubt(DOUBTFUL, "locks go through a service beside NFS", "mount it as 4.2")),
    _Rule(("fuse.sshfs",), (), Doubt(REFUSED, _APART, "share the directory by NFSv4, or the store by git")),
    _Rule(("lustre",), ("localflock", "noflock"), Doubt(REFUSED, _APART, "mount it with 'flock'")),
    _Rule(("cifs", "smb3"), ("nobrl",), Doubt(REFUSED, _APART, "mount it without {}")),
)
"""What keeps a mount from being safe for a store that several machines write; no options: whatever they are."""

UNKNOWN = Doubt(
    DOUBTFUL,
    "whether its locks reach other machines is not known",
    "share the directory by NFSv4, or the store by git, unless one machine alone uses it",
)


def doubts(mount: Mount) -> list[Doubt]:
    """What RULES say of a mount; UNKNOWN for any other file system that machines may share."""
    found = []
    for types, options, doubt in RULES:
        if mount.type in types:
            found += [doubt._replace(reason=f"{name}: {doubt.reason}", hint=doubt.hint.format(name))
                      for name in options if name in mount.options]  # fmt: skip
            found += [] if options else [doubt]
    return found or ([UNKNOWN] if mount.is_networked and mount.type not in _NFS else [])


def read_mounts() -> bytes:
    """The system's table of mounts; empty where it has none to read."""
    try:
        return TABLE.read_bytes()
    except OSError:
        return b""


def require_safe_mount(root: Path) -> None:
    """Raises OutOfReach where a store stands on a mount whose locks do not keep other machines out."""
    table = read_mounts()
    if not any(f" - {type}".encode() in table for type in NETWORKED):
        return
    mount = mount_of(table, Path(os.path.realpath(root)))
    for doubt in doubts(mount) if mount is not None else ():
        if doubt.level == REFUSED:
            raise OutOfReach(
                f"{root} stands on {mount.type if mount else '?'} where nothing can be written safely: {doubt.reason}",
                hint=f"{doubt.hint}; see: fedtasks doctor",
            )
