"""A real NFSv4.2 server and real clients on one machine: User-Mode Linux kernels, each a process, from Debian packages.

A guest's root is this machine's own, read-only, with changes in memory, so that its Python and this checkout stand at
the same paths. Nothing is installed: packages are unpacked into a folder that is kept for the next time. The guests'
network is a namespace of its own that ends with this process. Needs root, apt, /dev/net/tun and 1 GB of memory.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from tests.nfs.agent import PORT

HERE = Path(__file__).resolve().parent
FOLDER = Path(tempfile.gettempdir()) / "fedtasks-nfs-lab"
SHIM = FOLDER / "xstate.so"
PACKAGES = (
    "user-mode-linux", "nfs-kernel-server", "nfs-common", "kmod", "libkmod2", "libtirpc3", "libtirpc-common",
    "libevent-core-2.1-7", "libdevmapper1.02.1", "libsqlite3-0", "libnfsidmap1", "keyutils", "libwrap0",
    "libnsl2", "libcap2", "dmsetup",
)  # fmt: skip
TEAM, EXPORT = "/mnt/team", "/mnt/export"
CLONE_NEWNET = 0x40000000
DEATH_SIGNAL = 1


class Done(NamedTuple):
    """How a command in a guest ended."""

    code: int
    out: str
    err: str


def missing() -> str | None:
    """Why no lab can be here; None where one can."""
    if os.geteuid() != 0:
        return "needs root for a network of its own"
    for tool in ("apt-get", "dpkg", "ip", "mkfs.ext4", "unshare"):
        if shutil.which(tool) is None:
            return f"needs {tool}"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "needs /dev/net/tun"
    return None if os.uname().machine == "x86_64" else "needs the packages of x86-64"


def unpack() -> Path:
    """The folder with the unpacked packages; they are fetched the first time."""
    root, ready = FOLDER / "root", FOLDER / f"ready-{crc32(' '.join(PACKAGES).encode()):x}"
    if ready.exists():
        return root
    shutil.rmtree(FOLDER, ignore_errors=True)
    root.mkdir(parents=True)
    _do("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *PACKAGES, cwd=FOLDER)
    for package in FOLDER.glob("*.deb"):
        _do("dpkg", "-x", str(package), str(root))
    for name in ("bin", "sbin", "lib", "lib64"):
        if (root / name).is_dir() and not (root / name).is_symlink():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)
    if shutil.which("cc"):
        _do("cc", "-shared", "-fPIC", "-O2", "-o", str(SHIM), str(HERE / "xstate.c"), "-ldl")
    ready.touch()
    return root


def _do(*words: str, cwd: Path | None = None) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")


class Guest:
    """One machine; `number` is the last part of its addresses: 10.200.0.N carries NFS, 10.201.0.N the commands. Its
    disks are /dev/ubda, /dev/ubdb, ..."""

    def __init__(self, packages: Path, name: str, number: int, *disks: Path) -> None:
        self.packages, self.name, self.number, self.disks = packages, name, number, disks
        for card in (0, 1):
            _do("ip", "tuntap", "add", f"{name}{card}", "mode", "tap")
            _do("ip", "link", "set", f"{name}{card}", "up", "master", f"bridge{card}")

    def start(self) -> None:
        """Boots; `wait` tells when it is up."""
        words = [
            str(self.packages / "usr/bin/linux.uml"), "mem=224M", "rootfstype=hostfs", "rootflags=/", "ro", "quiet",
            f"init={HERE / 'guest.sh'}", "con=null", "con0=fd:0,fd:1", "ssl=null",
            f"ft_packages={self.packages}", f"ft_name={self.name}", f"ft_number={self.number}",
            f"ft_python={sys.executable}", f"ft_agent={HERE / 'agent.py'}",
        ]  # fmt: skip
        for card in (0, 1):
            address = f"02:00:00:00:{card:02x}:{self.number:02x}"
            words.append(f"vec{card}:transport=tap,ifname={self.name}{card},depth=128,mac={address}")
        words += [f"ubd{place}={disk}" for place, disk in enumerate(self.disks)]
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": "/dev/shm", "HOME": str(FOLDER)}
        environ |= {"LD_PRELOAD": str(SHIM)} if SHIM.exists() else {}
        with (FOLDER / f"{self.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environ, start_new_session=True,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL),
            )  # fmt: skip

    def wait(self, limit: float = 60) -> None:
        """Until its agent answers; sets its clock."""
        deadline = time.monotonic() + limit
        while True:
            try:
                self._ask({}, 2)
                break
            except (OSError, ValueError):
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError(f"{self.name} did not boot; see {FOLDER / self.name}.log") from None
                time.sleep(0.1)
        self.run(f"date -s @{time.time():.3f}")

    def _ask(self, question: dict[str, Any], limit: float) -> Any:
        with socket.create_connection((f"10.201.0.{self.number}", PORT), timeout=2) as connection:
            connection.settimeout(limit)
            connection.sendall(json.dumps(question).encode() + b"\n")
            return json.loads(connection.makefile().readline())

    def attempt(self, command: str, limit: float = 120) -> Done:
        """A shell command, however it ends."""
        try:
            return Done(**self._ask({"command": command, "limit": limit}, limit + 10))
        except (OSError, ValueError) as found:
            return Done(-1, "", f"{self.name} does not answer: {found}")

    def run(self, command: str, limit: float = 120) -> str:
        """The output of a shell command that must succeed."""
        done = self.attempt(command, limit)
        assert done.code == 0, (self.name, command, done)
        return done.out

    def begin(self, command: str, limit: float = 240) -> Callable[[], Done]:
        """Starts a shell command; the answer waits for its end."""
        found: list[Done] = []
        thread = threading.Thread(target=lambda: found.append(self.attempt(command, limit)), daemon=True)
        thread.start()

        def end() -> Done:
            thread.join()
            return found[0]

        return end

    # --- what may happen to a machine ------------------------------------------------------------------------------

    def kill(self) -> None:
        """The power goes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def pause(self) -> None:
        """Its kernel stops, and everything with it."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def cut(self) -> None:
        """The cable to the server is pulled."""
        _do("ip", "link", "set", f"{self.name}0", "nomaster")

    def heal(self) -> None:
        _do("ip", "link", "set", f"{self.name}0", "master", "bridge0")


class Lab:
    """A server and two clients, the export mounted at TEAM in both; `lease` is in seconds."""

    def __init__(self, lease: int = 10) -> None:
        self.lease = lease
        packages = self.packages = unpack()
        self._isolate()
        self.disk = FOLDER / f"export-{os.getpid()}.img"
        with self.disk.open("wb") as image:
            image.truncate(256 * 1024**2)
        _do("mkfs.ext4", "-q", "-F", str(self.disk))
        self.server = Guest(packages, "server", 1, self.disk)
        self.clients = [Guest(packages, f"client{number}", 10 + number) for number in (1, 2)]
        self.guests = [self.server, *self.clients]
        for guest in self.guests:
            guest.start()
        for guest in self.guests:
            guest.wait()
        self.serve()
        for client in self.clients:
            self.mount(client)

    def _isolate(self) -> None:
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "no network of one's own")
        _do("ip", "link", "set", "lo", "up")
        for card in (0, 1):
            _do("ip", "link", "add", f"bridge{card}", "type", "bridge")
            _do("ip", "address", "add", f"10.20{card}.0.254/24", "dev", f"bridge{card}")
            _do("ip", "link", "set", f"bridge{card}", "up")

    def serve(self) -> None:
        """Starts the NFS server on its disk; clients keep their locks over a restart (nfsdcld remembers them)."""
        self.server.run(
            f"""set -e
            modprobe ext4 || true
            mount /dev/ubda {EXPORT}
            chmod 1777 {EXPORT}
            mkdir -p {EXPORT}/.clients /var/lib/nfs/sm
            touch /etc/exports /var/lib/nfs/etab /var/lib/nfs/rmtab
            modprobe nfsd
            mount -t nfsd none /proc/fs/nfsd
            mount -t rpc_pipefs none /run/rpc_pipefs
            nfsdcld -p /run/rpc_pipefs -s {EXPORT}/.clients
            echo {self.lease} > /proc/fs/nfsd/nfsv4leasetime
            echo {self.lease + 20} > /proc/fs/nfsd/nfsv4gracetime
            exportfs -o rw,sync,no_subtree_check,no_root_squash,fsid=0 '*:{EXPORT}'
            rpc.mountd -N 3 -u
            rpc.nfsd -N 3 8"""
        )

    def mount(self, client: Guest, options: str = "hard") -> None:
        """Mounts the export as NFS 4.2."""
        own = f"addr=10.200.0.1,clientaddr=10.200.0.{client.number}"
        client.run(f"modprobe nfsv4 && mount -i -t nfs4 -o vers=4.2,{options},{own} 10.200.0.1:/ {TEAM}")

    def another(self, name: str, number: int, *disks: Path) -> Guest:
        """One more machine, which has booted."""
        guest = Guest(self.packages, name, number, *disks)
        self.guests.append(guest)
        guest.start()
        guest.wait()
        return guest

    def close(self) -> None:
        for guest in self.guests:
            if guest.process.poll() is None:
                guest.kill()
        self.disk.unlink(missing_ok=True)
