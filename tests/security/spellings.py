"""One IPv4 address in all the ways in which it can be written as the host of a url."""

from ipaddress import IPv4Address, IPv6Address

FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


def spellings(address: str) -> list[str]:
    """All of them, without the address as it is."""
    return [*_in_bases(address), *_shortened(address), *_in_letters(address), *_in_ipv6(address)]


def _in_bases(address: str) -> list[str]:
    number, parts = int(IPv4Address(address)), [int(part) for part in address.split(".")]
    a, b, c, d = parts
    return [
        f"{number}",
        f"{number:#x}",
        f"0X{number:X}",
        f"0{number:o}",
        f"0x{number:016x}",
        ".".join(f"{part:#x}" for part in parts),
        ".".join(f"0x{part:08x}" for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        ".".join(f"{part:08o}" for part in parts),
        f"{a:#x}.0{b:o}.{c}.{d}",
        f"0{a:o}.{b:#x}.0{c:o}.{d}",
        f"{a}.{b}.{c}.{d:#x}",
    ]


def _shortened(address: str) -> list[str]:
    a, b, c, d = (int(part) for part in address.split("."))
    last_two, last_three = c * 256 + d, b * 65536 + c * 256 + d
    return [
        f"{a}.{last_three}",
        f"{a}.{b}.{last_two}",
        f"{a:#x}.{last_three:#x}",
        f"0{a:o}.0{last_three:o}",
        f"{a:#x}.{b}.0{last_two:o}",
    ]


def _in_letters(address: str) -> list[str]:
    return [
        f"{address}.",
        f"{address}..",
        address.translate(FULLWIDTH),
        address.translate(CIRCLED),
        address.translate(SUPERSCRIPT),
        address.translate(BOLD),
        address.replace(".", "。"),
        address.replace(".", "．"),
        address.replace(".", "｡"),
        address.replace(".", "%2e"),
        "".join(f"%{ord(letter):02x}" for letter in address),
        address.replace(".", "\u00ad."),
        address.replace(".", "\u200b."),
        f"{address}%00.example.com",
        f"{address}%2f.example.com",
    ]


def _in_ipv6(address: str) -> list[str]:
    number = int(IPv4Address(address))
    embedded = [
        0xFFFF << 32 | number,  # mapped
        number,  # compatible
        0xFFFF << 48 | number,  # translated
        0x64FF9B << 96 | number,  # NAT64
        0x64FF9B0001 << 80 | number,  # NAT64 of one network
        0x2002 << 112 | number << 80 | 1,  # 6to4
        0x20010000 << 96 | 0xCB007101 << 64 | number ^ 0xFFFFFFFF,  # Teredo, whose client this is
        0x20010000 << 96 | number << 64 | 0xFFFF,  # Teredo, whose server this is
        0xFE80 << 112 | 0x5EFE << 32 | number,  # ISATAP
    ]
    written = [str(IPv6Address(value)) for value in embedded]
    return [
        *(f"[{name}]" for name in written),
        f"[::ffff:{address}]",
        f"[::FFFF:{address}]",
        f"[0:0:0:0:0:ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[{written[0]}%25lo]",
        f"[{written[0]}%lo]",
    ]
