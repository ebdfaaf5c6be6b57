"""Two hosts in network namespaces, with a cable between them and folders that the other does not see.

This process is on host one, whose namespace ``python -m tests.fleet`` made; host two's is made here. Nothing
of it is seen by the machine itself, and all of it goes with its last process.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST_ONE, HOST_TWO = "10.77.0.1", "10.77.0.2"
CABLE_ONE, CABLE_TWO = "fleet-one", "fleet-two"

# Root keeps its rights. Others get some over a network of their own, and stay who they are: PostgreSQL
# refuses to run as root.
_AS_OTHERS = ["--map-current-user", "--keep-caps"]
NAMESPACE = ["unshare", "--net", "--mount", *([] if os.geteuid() == 0 else _AS_OTHERS)]


def namespaces_work() -> bool:
    """Whether this machine lets us make a host of our own."""
    if not all(shutil.which(tool) for tool in ("unshare", "nsenter", "ip", "mount")):
        return False
    probe = "ip link set lo up && ip link add veth-a type veth peer name veth-b && mount -t tmpfs none /mnt"
    return subprocess.run([*NAMESPACE, "sh", "-c", probe], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Host:
    """A host with a folder of its own; ``entered`` goes before a command that is to run on it."""

    name: str
    address: str
    folder: Path
    entered: tuple[str, ...] = ()

    def run(self, command: str) -> None:
        """Run a command of the operator's on the host."""
        subprocess.run([*self.entered, *command.split()], check=True)

    def told(self, command: str) -> str:
        """What a command on the host prints."""
        return subprocess.run(
            [*self.entered, *command.split()], check=True, stdout=subprocess.PIPE, text=True
        ).stdout


class Hosts:
    """Host one, host two, and the cable."""

    def __init__(self, one: Host, two: Host) -> None:
        self.one, self.two = one, two

    def unplug(self) -> None:
        """Host two loses its network. Nobody is told: connections just fall silent."""
        self.one.run(f"ip link set {CABLE_ONE} down")

    def plug_in(self) -> None:
        """It has its network again."""
        self.one.run(f"ip link set {CABLE_ONE} up")


@contextmanager
def two_hosts(folder: Path) -> Iterator[Hosts]:
    """Both hosts, for the length of the block."""
    one, two = (folder / name for name in ("one", "two"))
    for own in (one, two):
        own.mkdir(parents=True)
    # Whoever holds a namespace keeps it: this process waits until its input is closed.
    script = f"echo two >/proc/sys/kernel/hostname && mount -t tmpfs none '{one}' && echo made && read end"
    made = ["unshare", "--net", "--mount", "--uts", "sh", "-c", script]
    holder = subprocess.Popen(made, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"made\n", "host two has no namespace"
        spaces = f"/proc/{holder.pid}/ns"
        entered = ("nsenter", f"--net={spaces}/net", f"--uts={spaces}/uts", f"--mount={spaces}/mnt")
        hosts = Hosts(Host("one", HOST_ONE, one), Host("two", HOST_TWO, two, entered))
        _lay_cable(hosts, holder.pid)
        yield hosts
    finally:
        holder.communicate()


def _lay_cable(hosts: Hosts, pid: int) -> None:
    hosts.one.run(f"ip link add {CABLE_ONE} type veth peer name {CABLE_TWO} netns {pid}")
    hosts.two.run("ip link set lo up")
    for host, cable in ((hosts.one, CABLE_ONE), (hosts.two, CABLE_TWO)):
        host.run(f"ip addr add {host.address}/24 dev {cable}")
        host.run(f"ip link set {cable} up")
