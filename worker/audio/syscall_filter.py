"""What a decoder may ask of the kernel, as a seccomp program: no network, no process, no signal, no new file.

It names what is forbidden, not what is allowed: another build of ffmpeg asks for other harmless things.
"""

import platform
import struct
import sys
from typing import Final

_EPERM: Final = 1
_ENOSYS: Final = 38
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000

# Operations of classic BPF: load a word, jump if equal, if not below, if any bit is set, and return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32_FIRST: Final = 0x40000000

_CLONE_THREAD: Final = 0x00010000
# O_WRONLY, O_RDWR, O_CREAT and O_TRUNC.
_WRITING: Final = 0x1 | 0x2 | 0x40 | 0x200

_ARCHITECTURES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_OPENAT2: Final = (437, 437)
_PRLIMIT64: Final = (302, 261)
_OPENAT: Final = (257, 56)
_OPEN: Final = (2, -1)

# Numbers on x86_64 and on aarch64; -1 where there is no such call.
_FORBIDDEN: Final = (
    # socket, socketpair, connect, bind, listen, accept, accept4, sendto, sendmsg, sendmmsg
    *((41, 198), (53, 199), (42, 203), (49, 200), (50, 201), (43, 202), (288, 242), (44, 206), (46, 211)),
    (307, 269),
    # fork, vfork, setsid, setpgid
    *((57, -1), (58, -1), (112, 157), (109, 154)),
    # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_open, pidfd_getfd
    *((62, 129), (200, 130), (234, 131), (129, 138), (297, 240), (424, 424), (434, 434), (438, 438)),
    # ptrace, process_vm_readv, process_vm_writev, process_madvise, kcmp, perf_event_open, bpf, userfaultfd
    *((101, 117), (310, 270), (311, 271), (440, 440), (312, 272), (298, 241), (321, 280), (323, 282)),
    # io_uring_setup, io_uring_enter, io_uring_register, memfd_create, memfd_secret
    *((425, 425), (426, 426), (427, 427), (319, 279), (447, 447)),
    # unshare, setns, mount, umount2, pivot_root, chroot, name_to_handle_at, open_by_handle_at
    *((272, 97), (308, 268), (165, 40), (166, 39), (155, 41), (161, 51), (303, 264), (304, 265)),
    # open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr
    *((number, number) for number in (428, 429, 430, 431, 432, 433, 442)),
    # add_key, request_key, keyctl, init_module, finit_module, kexec_load, reboot, swapon
    *((248, 217), (249, 218), (250, 219), (175, 105), (313, 273), (246, 104), (169, 142), (167, 224)),
    # shmget, msgget, semget, mq_open, fanotify_init
    *((29, 194), (68, 186), (64, 190), (240, 180), (300, 262)),
    # creat, unlink, rename, mkdir, rmdir, link, symlink, mknod, chmod, chown, lchown
    *((number, -1) for number in (85, 87, 82, 83, 84, 86, 88, 133, 90, 92, 94)),
    # unlinkat, renameat, renameat2, mkdirat, linkat, symlinkat, mknodat, fchmodat, fchmodat2, fchownat
    *((263, 35), (264, 38), (316, 276), (258, 34), (265, 37), (266, 36), (259, 33), (268, 53), (452, 452)),
    (260, 54),
    # fchmod, fchown, truncate, ftruncate, setxattr, lsetxattr, fsetxattr, utimensat
    *((91, 52), (93, 55), (76, 45), (77, 46), (188, 5), (189, 6), (190, 7), (280, 88)),
)

_Instruction = tuple[int, int, int, int]


def syscall_filter() -> bytes:
    """The program, as an array of `struct sock_filter`; empty where none was written for this machine."""
    architecture = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or sys.byteorder != "little" or architecture is None:
        return b""
    audit_number, column = architecture
    program = [
        *_only(audit_number),
        *_refused(_CLONE3[column], _ENOSYS),
        *_refused(_OPENAT2[column], _ENOSYS),
    ]
    program += _refused_unless_any_bit(_CLONE[column], 0, _CLONE_THREAD)
    program += _refused_if_any_bit(_PRLIMIT64[column], 0, 0xFFFFFFFF)
    program += _refused_if_any_bit(_OPENAT[column], 2, _WRITING)
    program += _refused_if_any_bit(_OPEN[column], 1, _WRITING)
    for numbers in _FORBIDDEN:
        program += _refused(numbers[column], _EPERM)
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _only(audit_number: int) -> list[_Instruction]:
    """Ends a process that speaks to the kernel as another architecture, whose numbers mean other calls."""
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, audit_number),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_FIRST),
        (_RETURN, 0, 0, _KILL),
    ]


def _refused(number: int, errno: int) -> list[_Instruction]:
    if number < 0:
        return []
    return [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno)]


def _refused_if_any_bit(number: int, argument: int, bits: int) -> list[_Instruction]:
    return _depending(number, argument, bits, (_ERRNO | _EPERM, _ALLOW))


def _refused_unless_any_bit(number: int, argument: int, bits: int) -> list[_Instruction]:
    return _depending(number, argument, bits, (_ALLOW, _ERRNO | _EPERM))


def _depending(number: int, argument: int, bits: int, answers: tuple[int, int]) -> list[_Instruction]:
    """The first of ``answers`` to call ``number`` where the low word of ``argument`` has one of ``bits``."""
    if number < 0:
        return []
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument),
        (_ANY_BIT, 0, 1, bits),
        (_RETURN, 0, 0, answers[0]),
        (_RETURN, 0, 0, answers[1]),
    ]
