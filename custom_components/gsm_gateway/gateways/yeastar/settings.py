"""How to reach a TG."""

from dataclasses import dataclass, field

from yarl import URL


@dataclass(frozen=True, kw_only=True, slots=True)
class YeastarSettings:
    """Address and API account of one box."""

    host: str
    http_port: int = 80
    ami_port: int = 5038
    tls: bool = False
    """For the web pages; the Asterisk Manager has none."""
    username: str
    """The account of the API settings, not the web user."""
    password: str = field(repr=False)
    use_ami: bool = True

    @property
    def web_url(self) -> URL:
        """The root of the box's web pages."""
        scheme = "https" if self.tls else "http"
        return URL.build(scheme=scheme, host=self.host, port=self.http_port, path="/")
