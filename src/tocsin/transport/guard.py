"""Keeps what users configure from reaching inside addresses (SSRF): checked at the socket, after DNS.

A check of the URL would see a name; between that check and the connection the name may resolve to something
else. Here the address is looked at in the moment in which its socket is made.
"""

import errno
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

REFUSED = "the outbound guard refuses"

# Not `is_global`: Python 3.11 calls NAT64-wrapped loopback global, and 100.64/10 is neither private nor global.
# https://www.iana.org/assignments/iana-ipv4-special-registry and …-ipv6-special-registry
_INSIDE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(OSError):
    """An address inside, which nobody allowed."""

    def __init__(self, host: str) -> None:
        words = f"{REFUSED} {host}: it is not a public address. An operator can allow it in TOCSIN_OUTBOUND_ALLOW"
        super().__init__(errno.EACCES, words)


class Guard:
    """Lets through public addresses and the networks that the operator allows (CIDRs)."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed: tuple[Network, ...] = tuple(ip_network(text) for text in allow)

    def check(self, host: str) -> None:
        """Raise ForbiddenAddressError unless the numeric address may be dialled."""
        address = ip_address(host.partition("%")[0])
        if not self.allows(address) and is_inside(address):
            raise ForbiddenAddressError(host)

    def allows(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether the operator named a network that holds the address, or the IPv4 address inside it."""
        forms = {address, _unwrapped(address)}
        return any(form in network for form in forms for network in self._allowed)

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for a resolved address that has passed the check; the hook of aiohttp's connector."""
        family, kind, protocol, _, address = info
        self.check(address[0])
        return socket.socket(family, kind, protocol)


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address, or the IPv4 address that it wraps, is not on the public internet."""
    inner = _unwrapped(address)
    return any(inner in network for network in _INSIDE)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    # On an IPv6-only network the public IPv4 internet is reached through NAT64.
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address
