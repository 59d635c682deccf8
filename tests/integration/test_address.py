"""What a user may write as an address."""

import pytest

from custom_components.gsm_gateway.address import (
    Address,
    MalformedAddress,
    format_address,
    parse_address,
)


@pytest.mark.parametrize(
    ("text", "host", "port", "tls"),
    [
        ("192.168.1.7", "192.168.1.7", None, False),
        (" 192.168.1.7:8080 ", "192.168.1.7", 8080, False),
        ("http://192.168.1.7/default/en_US/status.html?x", "192.168.1.7", None, False),
        ("https://Box.example/", "box.example", None, True),
        ("https://box:8443", "box", 8443, True),
        ("box_1.local", "box_1.local", None, False),
        ("::1", "::1", None, False),
        ("[::1]:81", "::1", 81, False),
        ("fe80::1%eth0", "fe80::1%eth0", None, False),
        ("https://[2001:db8::7]", "2001:db8::7", None, True),
        ("box:", "box", None, False),
    ],
)
def test_read(text: str, host: str, port: int | None, tls: bool) -> None:
    assert parse_address(text) == Address(host=host, port=port, tls=tls)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://",
        "//box",
        "a b",
        "192.168.1",
        "192.168.1.300",
        "２.2.3.4",
        "-box",
        "box..lan",
        "тест",
        "ftp://box",
        "http://admin:secret@box",
        "box:0",
        "box:65536",
        "box:http",
        "[::1",
        "b" * 64,
        "box." * 64,
        "box." * 100,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(MalformedAddress):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "field", "port"),
    [
        ("box", 80, 80),
        ("box", 8080, 8080),
        ("box:81", 8080, 81),
        ("box:443", 80, 443),
        ("https://box", 80, 443),
        ("https://box", 8443, 8443),
        ("box", 443, 80),
    ],
)
def test_the_web_port_comes_from_the_address_then_from_its_field(
    text: str, field: int, port: int
) -> None:
    assert parse_address(text).web_port(field) == port


@pytest.mark.parametrize("text", ["box", "https://box", "::1", "https://[::1]"])
def test_written_as_it_is_read(text: str) -> None:
    address = parse_address(text)
    assert format_address(address.host, tls=address.tls) == text
