"""The door of the jail: gives up what it can for good, and becomes the program.

Started as a script by a bare interpreter, so it imports nothing of Rollcall. Without its limits the program
does not start; what not every kernel or container allows is given up where it can be, and
`worker.audio.cells` says what to try. What it imports is a part of every decoding's time.
"""

import ctypes
import os
import resource
import stat
import sys

_NOBODY = 65_534
_THREADS = 64
_LINUX = sys.platform == "linux"
_CLONE_NEW_USER, _CLONE_NEW_NET, _CLONE_NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SIGKILL = 9
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_RULE_PATH = 1
_MAY_EXECUTE, _MAY_READ_FILE, _MAY_READ_FOLDER = 1, 4, 8
# What its first version knows: execute, write, read, list, remove, and make of every kind.
_LANDLOCK_RIGHTS = (1 << 13) - 1
_INSTRUCTION_BYTES = 8
_LONGEST_MESSAGE_BYTES = 1 << 17


def main() -> None:
    """Arguments: bytes of memory, seconds, open files, filter in hex, readable paths, bwrap, command.

    Or ``--wait`` and a socket on which they come, with what is to be the standard input.
    """
    arguments = _awaited(int(sys.argv[2])) if sys.argv[1] == "--wait" else sys.argv[1:]
    memory, seconds, files, filter_hex, readable, bwrap, *command = arguments
    program = os.open(command[0], os.O_RDONLY | os.O_CLOEXEC)
    _limit(int(memory), int(seconds), int(files))
    if bwrap:
        _die_with_parent()
        _become_wrapped(bwrap, bytes.fromhex(filter_hex), readable.split(":"), command)
    if filter_hex:
        _drop_root()
        _leave_namespaces()
    _die_with_parent()
    if readable:
        _hide_files(readable.split(":"), program)
    if filter_hex:
        _refuse_calls(bytes.fromhex(filter_hex))
    os.execve(program if filter_hex else command[0], command, {})  # noqa: S606 - never a shell


def _awaited(channel: int) -> list[str]:
    import socket

    with socket.socket(fileno=channel) as receiver:
        message, given, _, _ = socket.recv_fds(receiver, _LONGEST_MESSAGE_BYTES, 1)
    if not given:
        sys.exit(0)  # whoever was to send it is gone
    os.dup2(given[0], 0)
    os.close(given[0])
    return message.decode().split("\0")


def _limit(memory_bytes: int, cpu_seconds: int, open_files: int) -> None:
    # Darwin cannot limit addresses, and there this counts processes of a user, not threads.
    if _LINUX:
        _lower(resource.RLIMIT_AS, memory_bytes)
    else:
        _lower_if_possible(resource.RLIMIT_AS, memory_bytes)
        _lower_if_possible(resource.RLIMIT_NPROC, 1)
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    _lower(resource.RLIMIT_NOFILE, open_files)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


def _lower_if_possible(limit: int, value: int) -> None:
    try:
        _lower(limit, value)
    except (ValueError, OSError):
        return


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (lowered, lowered))


def _die_with_parent() -> None:
    if _LINUX:
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def _drop_root() -> None:
    # In some containers root may not become anybody else; there he is root of little.
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return


def _leave_namespaces() -> None:
    if _libc().unshare(_CLONE_NEW_USER | _CLONE_NEW_NET | _CLONE_NEW_IPC) == 0:
        # Counted from here on; outside, every thread of the worker's user would count.
        _lower(resource.RLIMIT_NPROC, _THREADS)


def _hide_files(readable: list[str], program: int) -> None:
    """All but ``readable`` are gone, also to somebody who has taken over the decoder."""
    rights = ctypes.c_uint64(_LANDLOCK_RIGHTS)
    ruleset = _syscall(_LANDLOCK_CREATE, ctypes.addressof(rights), ctypes.sizeof(rights), 0)
    if ruleset < 0:
        return
    _allow(ruleset, program)
    for path in readable:
        try:
            opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        _allow(ruleset, opened)
        os.close(opened)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, opened: int) -> None:
    in_folders = _MAY_READ_FOLDER if stat.S_ISDIR(os.fstat(opened).st_mode) else 0
    rights = _MAY_EXECUTE | _MAY_READ_FILE | in_folders
    rule = ctypes.create_string_buffer(rights.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder))
    _syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_RULE_PATH, ctypes.addressof(rule), 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _refuse_calls(program: bytes) -> None:
    loaded = _Program(len(program) // _INSTRUCTION_BYTES, program)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(loaded)) != 0:
        sys.exit("the kernel takes no filter")


def _become_wrapped(bwrap: str, program: bytes, readable: list[str], command: list[str]) -> None:
    reader, writer = os.pipe()
    os.write(writer, program)
    os.close(writer)
    os.set_inheritable(reader, True)
    shown = [word for path in readable for word in ("--ro-bind-try", path, path)]
    wrapped = [
        bwrap,
        "--unshare-all",
        "--unshare-user",
        "--die-with-parent",
        "--as-pid-1",
        "--cap-drop",
        "ALL",
    ]
    wrapped += [*shown, "--ro-bind", command[0], "/program", "--chdir", "/", "--seccomp", str(reader)]
    os.execve(bwrap, [*wrapped, "--", "/program", *command[1:]], {})  # noqa: S606


def _prctl(option: int, *values: int) -> int:
    padded = (*values, 0, 0, 0, 0)[:4]
    return int(_libc().prctl(option, *map(ctypes.c_ulong, padded)))


def _syscall(number: int, *values: int) -> int:
    # As wide as registers: the kernel reads all of each.
    return int(_libc().syscall(*map(ctypes.c_long, (number, *values))))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


if __name__ == "__main__":
    main()
