"""Urls that lead inside, or try to: what callers have tried on services like this one."""

from ipaddress import ip_network
from typing import Final

from tests.security.resolver import Answers
from tests.security.servers import HERE
from tests.security.spellings import spellings

METADATA: Final = "169.254.169.254"
SPELLED: Final = (
    "127.0.0.1",
    METADATA,
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "168.63.129.16",
    "100.100.100.200",
)

# From the special-purpose registries of IANA and the papers of cloud platforms, not from the guard's table.
INSIDE_NETWORKS: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *(
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
    ),
    *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *(
        "168.63.129.16/32",
        "255.255.255.255/32",
        "::/128",
        "::1/128",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
    ),
    *(
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
    ),
    *("2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48"),
    *(
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "fe80::/10",
        "fec0::/10",
    ),
    *("ff00::/8", "4000::/3", "::ffff:0:0:0/96"),
)


def edges(network: str) -> list[str]:
    """The first and the last address of a network."""
    found = ip_network(network)
    return list(dict.fromkeys((str(found[0]), str(found[-1]))))


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


LITERALS: Final = [
    f"http://{host}/"
    for host in (
        *(_host(address) for network in INSIDE_NETWORKS for address in edges(network)),
        *(spelling for address in SPELLED for spelling in (address, *spellings(address))),
    )
]

TRICKS: Final = [
    f"http://example.com@{METADATA}/", f"http://example.com:80@{METADATA}/", f"http://@{METADATA}/",
    f"http://:@{METADATA}/", f"http://a@b@{METADATA}/", f"http://{METADATA}@example.com/",
    f"http://example.com%40{METADATA}/", f"http://example.com\\@{METADATA}/", f"http://{METADATA}\\@example.com/",
    f"http://{METADATA}\\.example.com/", f"http:\\\\{METADATA}/", f"http:/\\{METADATA}/",
    f"http:/{METADATA}/", f"http:{METADATA}/", f"http:///{METADATA}/", f"http:////{METADATA}/",
    f"//{METADATA}/",
    f"{METADATA}/a.wav", f"http://{METADATA}#@example.com/",
    f"http://{METADATA}?@example.com/", f"http://{METADATA};example.com/", f"http://{METADATA},example.com/",
    f"http://example.com／@{METADATA}/", f"http://example.com＠{METADATA}/", f"http://example.com﹫{METADATA}/",
    f"http://{METADATA}：80/", f"http://{METADATA}:80:80/", f"http://{METADATA}:/", f"http://{METADATA}:0/",
    f"http://{METADATA}:00080/", f"http://{METADATA}:+80/", f"http://{METADATA}:８０/", f"http://{METADATA}:65616/",
    f"http://{METADATA}:22/", f"https://{METADATA}/", f"HTTP://{METADATA}/", f"hTtPs://{METADATA}:8443/",
    f" http://{METADATA}/", f"http://{METADATA} /", f"http:// {METADATA}/", f"\thttp://{METADATA}/",
    f"ht\ntp://{METADATA}/", "http://169.254.169\n.254/", "http://169.254\t.169.254/", f"http://{METADATA}\r\n/",
    f"http://example.com\r\nHost:{METADATA}/", f"http://{METADATA}/\r\nX-Smuggled: 1", f"http://{METADATA}\x00/",
    f"http://{METADATA}\x00.example.com/", f"http://{METADATA}\u2028/", f"http://\ufeff{METADATA}/",
    f"http://{METADATA}\u00a0/", f"http://[{METADATA}]/", "http://[::1/", "http://::1/", "http://[::1]]/",
    "http://[::1]:80@example.com/", "http://[[::1]]/", "http://[::1%25lo]/", "http://[::1%lo]/", "http://[::1%2525lo]/",
    "http://[fe80::1%25eth0]/", "http://[fe80::1%251]/", "http://[0:0:0:0:0:0:0:1]/", "http://[0000::0001]/",
    "http://[::1].example.com/", "http://[v1.::1]/", "http://[]/", "http://[::]/", "http://0/", "http://0.0/",
    "http://0x0/", "http://localhost/", "http://LocalHost./", "http://localhost.localdomain/", "http://a.localhost/",
    "http://ｌｏｃａｌｈｏｓｔ/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://loca\u017fhost/", "http://localhost%00/",
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:6379/info", "ldap://127.0.0.1/", "tftp://127.0.0.1/", "jar:http://127.0.0.1!/",
    "data:,audio", "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/", "httpx://127.0.0.1/",
    "view-source:http://127.0.0.1/", "url:http://127.0.0.1/", "http://*.127.0.0.1/", "http://.127.0.0.1/", "http://",
]  # fmt: skip

ELSEWHERE: Final = [
    f"http://example.com#@{METADATA}/", f"http://example.com?@{METADATA}/", f"http://example.com/@{METADATA}/",
    f"http://example.com/?url=http://{METADATA}/", f"http://{METADATA}.example.com/", f"http://www.{METADATA}.nip/",
]  # fmt: skip
"""Urls of public hosts that a careless reader takes for an address inside, or the other way round."""

NAMES: Final[dict[str, Answers]] = {
    "metadata.google.internal": [[METADATA]],
    "localtest.me": [["127.0.0.1"], ["::1"]],
    "spoofed.burpcollaborator.net": [["127.0.0.1"]],
    "ip6-localhost": [["::1"]],
    "kubernetes.default.svc": [["10.96.0.1"]],
    "redis": [["172.18.0.3"]],
    "mixed.example": [[HERE, "10.0.0.1"]],
    "mixed6.example": [[HERE, "fd00::1"]],
    "scoped.example": [["fe80::1%lo"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "bücher.example": [["10.0.0.1"]],
    "xn--bcher-kva.example": [["10.0.0.1"]],
    **{f"n{number}.example": [edges(network)[-1:]] for number, network in enumerate(INSIDE_NETWORKS)},
}
"""Names that point inside, whoever asks and however often."""
NAMED: Final = [f"http://{name}/" for name in NAMES]

REBINDING: Final[dict[str, Answers]] = {
    f"rebinding{number}.example": [[HERE], [inside]]
    for number, inside in enumerate(("127.0.0.1", METADATA, "10.0.0.1", "::1", "fd00::1", "::ffff:127.0.0.1"))
}
"""Names that are harmless when they are checked, and point inside ever after."""

VECTORS: Final = list(dict.fromkeys((*LITERALS, *TRICKS, *ELSEWHERE, *NAMED)))
