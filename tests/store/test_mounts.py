"""What mount options say of a store's safety, and the lock that a second process tries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fedtasks.store.mounts import DOUBTFUL, REFUSED, doubts, mount_of

TABLE = b"""\
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro
30 22 0:44 / /mnt/team rw,relatime shared:9 master:2 - nfs4 files:/export rw,vers=4.2,hard,proto=tcp,local_lock=none
31 22 0:45 / /mnt/two\\040words rw,relatime - nfs files:/old rw,vers=3,hard,nolock,local_lock=all
32 30 0:46 / /mnt/team/inner rw - tmpfs tmpfs rw,size=64k
33 22 0:47 / /home/ann/far rw - fuse.sshfs ann@host:/ rw,user_id=0
not a line of the table
"""


@pytest.mark.parametrize(
    ("path", "type", "source"),
    [
        ("/srv/tasks", "ext4", "/dev/root"),
        ("/mnt/team", "nfs4", "files:/export"),
        ("/mnt/team/tasks", "nfs4", "files:/export"),
        ("/mnt/teammates", "ext4", "/dev/root"),
        ("/mnt/team/inner/x", "tmpfs", "tmpfs"),
        ("/mnt/two words/x", "nfs", "files:/old"),
    ],
)
def test_the_nearest_mount_is_the_one(path: str, type: str, source: str) -> None:
    found = mount_of(TABLE, Path(path))
    assert found is not None and (found.type, found.source) == (type, source)
    assert mount_of(b"", Path(path)) is None


@pytest.mark.parametrize(
    ("type", "options", "levels", "words"),
    [
        ("ext4", "rw,relatime", [], ""),
        ("tmpfs", "rw", [], ""),
        ("nfs4", "rw,vers=4.2,hard,local_lock=none", [], ""),
        ("nfs4", "rw,vers=4.1,hard,local_lock=posix", [], ""),
        ("nfs4", "rw,vers=4.2,soft", [DOUBTFUL], "soft: "),
        ("nfs", "rw,vers=3,hard", [DOUBTFUL], "vers=3: "),
        ("nfs", "rw,vers=3,nolock,local_lock=all", [REFUSED, REFUSED, DOUBTFUL], "nolock: locks stay on one machine"),
        ("nfs4", "rw,vers=4.2,local_lock=flock", [REFUSED], "local_lock=flock: "),
        ("nfs4", "rw,nocto", [REFUSED], "nocto: a file may be read as it was before"),
        ("fuse.sshfs", "rw", [REFUSED], "locks stay on one machine"),
        ("lustre", "rw,localflock", [REFUSED], "localflock: "),
        ("cifs", "rw,nobrl", [REFUSED], "nobrl: "),
        ("cifs", "rw", [DOUBTFUL], "not known"),
        ("9p", "rw", [DOUBTFUL], "not known"),
    ],
)
def test_what_cannot_be_safe_is_refused(type: str, options: str, levels: list[str], words: str) -> None:
    mount = mount_of(f"1 0 0:1 / / rw - {type} from {options}".encode(), Path("/store"))
    assert mount is not None
    found = doubts(mount)
    assert [doubt.level for doubt in found] == levels
    assert not found or words in found[0].reason
    assert all(doubt.hint and "{" not in doubt.hint for doubt in found)


def test_doctor_proves_the_lock_with_a_second_process(world: Any) -> None:
    found = {entry["name"]: entry for entry in world.ok("doctor")["findings"]}
    assert found["lock"]["state"] == "ok" and "second process" in found["lock"]["detail"]
    assert found["mount"]["state"] in ("ok", "warn") and found["mount"]["detail"]
    world.assert_clean()


def test_doctor_says_that_a_lock_keeps_nobody_out(dir_world: Any, tmp_path: Path) -> None:
    """An interpreter whose flock always succeeds stands for a file system that grants every lock."""
    folder = tmp_path / "lax"
    folder.mkdir()
    (folder / "fcntl.py").write_text(
        "LOCK_EX = LOCK_NB = LOCK_UN = LOCK_SH = 0\ndef flock(*_): pass\n", encoding="utf-8"
    )
    done = dir_world.run("doctor", "--json", env={"PYTHONPATH": str(folder)})
    assert done.code == 1
    finding = next(entry for entry in done.json["findings"] if entry["name"] == "lock")
    assert finding["state"] == "fail" and "a second process could take it as well" in finding["detail"]
