"""How to reach a GoIP."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from ..model import InvalidAuth


@dataclass(frozen=True, kw_only=True, slots=True)
class SmppSettings:
    """The SMPP server in the box (GoIP section 3)."""

    port: int = 7777
    system_id: str
    """Of the whole box; a line's login adds its number with two digits."""
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class UdpSettings:
    """The box's lines as clients of our SMS server (GoIP section 2)."""

    port: int = 44444
    """Where we listen."""
    password: str = field(repr=False)
    ids: Mapping[int, str]
    """What each line that is used calls itself, by the number printed on the box."""
    only_address: bool = False
    """Whether the lines may call from the box's own address only."""
    send_by_web: bool = False
    """Whether messages and USSD leave by the web pages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoipSettings:
    """Address and logins of one box."""

    host: str
    http_port: int = 80
    tls: bool = False
    username: str
    password: str = field(repr=False)
    smpp: SmppSettings | None = None
    udp: UdpSettings | None = None

    @property
    def pages_url(self) -> URL:
        """The folder of the box's pages."""
        scheme = "https" if self.tls else "http"
        return URL.build(
            scheme=scheme, host=self.host, port=self.http_port, path="/default/en_US/"
        )

    @property
    def authorization(self) -> str:
        """The web login as an HTTP header. Raises `InvalidAuth` for what none can be."""
        try:
            return aiohttp.encode_basic_auth(self.username, self.password)
        except ValueError:
            raise InvalidAuth("A user name has no colon") from None
