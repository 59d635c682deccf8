"""The address of a box as a user writes it."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
import re
from urllib.parse import urlsplit

from .const import DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT

LONGEST_ADDRESS = 300
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)


class MalformedAddress(ValueError):
    """What was written names no host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a box is."""

    host: str
    """Lower case; an IPv6 address without brackets."""
    port: int | None
    """None where the user wrote none."""
    tls: bool

    def web_port(self, otherwise: int) -> int:
        """Return the port of the web pages; the usual one of the other scheme is no choice."""
        usual, foreign = DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT
        if self.tls:
            usual, foreign = foreign, usual
        return self.port or (usual if otherwise == foreign else otherwise)


def parse_address(text: str) -> Address:
    """Read `host`, `host:port` or `https://host`; a path copied from a browser is dropped.

    Raises `MalformedAddress`.
    """
    text = text.strip()
    if len(text) > LONGEST_ADDRESS:
        raise MalformedAddress
    if _is_ipv6(text):
        text = f"[{text}]"
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as err:
        raise MalformedAddress from err
    if (
        parts.scheme not in {"http", "https"}
        or "@" in parts.netloc
        or port == 0
        or not is_host(host)
    ):
        raise MalformedAddress
    return Address(host=host, port=port, tls=parts.scheme == "https")


def format_address(host: str, *, tls: bool) -> str:
    """Return a host the way `parse_address` reads it."""
    bracketed = f"[{host}]" if _is_ipv6(host) else host
    return f"https://{bracketed}" if tls else host


def is_host(text: str) -> bool:
    """Tell whether a text is an IP address or can be a host's name."""
    if _is_ipv6(text):
        return True
    labels = text.removesuffix(".").split(".")
    if labels[-1].isdecimal():
        return _is_ipv4(text)
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _is_ipv4(text: str) -> bool:
    """Tell whether a text is an IPv4 address."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    """Tell whether a text is an IPv6 address, with or without a zone."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
