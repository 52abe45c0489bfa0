"""URLs as they go out: one spelling of the host, whatever the rest looks like."""

from __future__ import annotations

import pytest
from http_server import GUARD
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.addresses import BlockedError, Guard, is_public, split_login

OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
SPELLED = {
    "http://a.com": "http://a.com/",
    " HTTP://A.Com:080/x#y \n": "http://a.com:80/x",
    "http://a.com?x=1": "http://a.com/?x=1",
    "https://مصر.com/خبر عاجل?q=س": "https://xn--wgbh1c.com/%D8%AE%D8%A8%D8%B1%20%D8%B9%D8%A7%D8%AC%D9%84?q=%D8%B3",
    "http://a.com./x": "http://a.com/x",
    "http://a.com/a%2Fb%zz": "http://a.com/a%2Fb%zz",
    "http://a.com/a/../b/./c/%2e%2E/d": "http://a.com/b/d",
    "http://a.com/../../x/..": "http://a.com/",
    "http://a.com/x\\y\t\r\nz": "http://a.com/x/yz",
    "http://a.com/'\"<>": "http://a.com/'%22%3C%3E",
    "http://a.com/.well-known/x": "http://a.com/.well-known/x",
    "http://[2606:2800:0220:0001::1]:8080/": "http://[2606:2800:220:1::1]:8080/",
    "http://0x5db8d822/": "http://93.184.216.34/",
    "http://a_b.com/": "http://a_b.com/",
}  # fmt: skip
REFUSED = [
    "", "x", "http://", "http:///x", "ftp://a.com/", "//a.com/", "http:a.com", "http://a.com:99999/",
    "http://a.com:x/", "http://a b.com/", "http://a.com\\@b.com/", "http://a@b.com/", "http://[::1",
    "http://[a.com]/", "http://1.2.3.4.5/", "http://999.1.1.1/", "http://a..com/", "http://-a.com/",
    "http://" + "a" * 64 + ".com/", "http://" + "a." * 130 + "com/", "http://a.com/" + "x" * 9000,
    "http://local/", "http://x.local/", "http://x.internal/", "http://a\u200b.com/", "http://٠x٠.0/",
    "http://xn--\u0301.com/", "http://1.1.1.1%00.com/",
]  # fmt: skip


@pytest.mark.parametrize(("url", "spelled"), SPELLED.items())
def test_one_spelling(url, spelled):
    assert Guard().target(url) == spelled
    assert Guard().target(spelled) == spelled


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_unclear_is_refused(url):
    with pytest.raises(BlockedError):
        Guard().target(url)


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_public_internet(address):
    assert Guard().is_allowed(address)
    assert Guard(allow_private=True).is_allowed(address)


def test_intranets_when_asked():
    guard = Guard(allow_private=True)
    for address in ("127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"):
        assert guard.is_allowed(address)
        assert not Guard().is_allowed(address)
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%x",
                    "0.0.0.1", "224.0.0.1", "::", "no address"):  # fmt: skip
        assert not guard.is_allowed(address)
    assert guard.target("http://wiki/page") == "http://wiki/page"
    assert guard.target("http://localhost:8000/") == "http://localhost:8000/"
    with pytest.raises(BlockedError):
        guard.target("http://metadata.google.internal/")


def test_stand_ins():
    assert GUARD.is_allowed("127.77.1.2")
    assert not GUARD.is_allowed("127.0.0.1")
    assert not GUARD.is_allowed("::ffff:127.78.0.1")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://u:p@a.com/x", ("https://a.com/x", "u:p")),
        ("https://u%40x:p@a.com/", ("https://a.com/", "u@x:p")),
        ("https://a.com/x@y", ("https://a.com/x@y", "")),
        ("https://a.com", ("https://a.com", "")),
        ("http://[::1]:80@a.com/", ("http://[::1]:80@a.com/", "")),
        ("http://a\\b@a.com/", ("http://a\\b@a.com/", "")),
    ],
)
def test_logins(url, found):
    assert split_login(url) == found


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_spelled_or_refused(host, path):
    try:
        spelled = Guard().target(f"http://{host}/{path}")
    except BlockedError:
        return
    assert spelled.isascii()
    assert Guard().target(spelled) == spelled


@given(st.ip_addresses())
def test_only_global_addresses_are_public(address):
    if not address.is_global and address.version == 4:
        allowed = {"192.0.0.9", "192.0.0.10"}
        assert not is_public(address) or str(address) in allowed
