"""Inside addresses are not dialled, however they are written."""

import socket

import pytest

from tocsin.transport.guard import ForbiddenAddressError, Guard

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_inside_address_is_refused(address):
    with pytest.raises(ForbiddenAddressError, match="TOCSIN_OUTBOUND_ALLOW"):
        Guard().check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address):
    Guard().check(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"])
def test_an_operator_allows_a_network_in_all_its_forms(address):
    Guard(["10.1.0.0/16"]).check(address)


def test_what_the_operator_allowed_opens_nothing_else():
    with pytest.raises(ForbiddenAddressError):
        Guard(["10.1.0.0/16"]).check("10.2.0.1")


def test_a_refused_address_gets_no_socket():
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))

    with pytest.raises(ForbiddenAddressError):
        Guard().socket(info)


def test_an_allowed_address_gets_its_socket():
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))

    with Guard(["127.0.0.0/8"]).socket(info) as made:
        assert made.family == socket.AF_INET
