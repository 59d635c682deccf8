"""The TG's HTTP API: `WebCGI?1500101` sends an SMS, `WebCGI?1500102` dials a USSD code."""

from urllib.parse import quote

import aiohttp
from yarl import URL

from ..http import Reply, request
from ..model import SendRefused, UssdReply
from .ami_link import ApiClosed
from .settings import YeastarSettings

_SEND_SMS = "1500101"
_SEND_USSD = "1500102"
USSD_SECONDS = 40.0
_SHOWN_CHARACTERS = 200


class WebApi:
    """Requests as the box wants them: parameters behind a second "=" (Yeastar Q18)."""

    def __init__(
        self, session: aiohttp.ClientSession, settings: YeastarSettings
    ) -> None:
        """Use one account of one box."""
        self._session = session
        self._settings = settings

    async def is_there(self) -> bool:
        """Tell whether the box's web server answers. Raises `GatewayError`."""
        await request(self._session, "GET", self._settings.web_url)
        return True

    async def send_sms(self, channel: int, to: str, text: str) -> None:
        """Hand over one SMS. Raises as `ports.Sender.send`."""
        await self._call(
            _SEND_SMS, {"port": str(channel), "destination": to, "content": text}
        )

    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial once and wait for the answer. Raises as `ports.UssdRunner.run_ussd`."""
        text = await self._call(
            _SEND_USSD, {"port": str(channel), "content": code}, USSD_SECONDS
        )
        return UssdReply(text=text)

    async def _call(
        self, page: str, parameters: dict[str, str], seconds: float = 10.0
    ) -> str:
        """Call one page and return its message."""
        settings = self._settings
        account = {"account": settings.username, "password": settings.password}
        query = "&".join(
            f"{name}={quote(value, safe='')}"
            for name, value in (account | parameters).items()
        )
        url = URL(f"{settings.web_url}cgi/WebCGI?{page}={query}", encoded=True)
        reply = await request(self._session, "GET", url, seconds=seconds)
        return _message(reply, settings.password)


def _message(reply: Reply, password: str) -> str:
    """Return the text behind `Message:`, or raise for anything but success (Yeastar Q19)."""
    if reply.status in (401, 403, 404):
        raise ApiClosed("The API is switched off or closed to this address")
    text = reply.body.decode("utf-8", "replace").replace("\r\n", "\n").strip()
    lines = text.split("\n")
    results = [line for line in lines if line.lower().startswith("response:")]
    if not results or results[0].partition(":")[2].strip().lower() != "success":
        shown = text.replace(password, "***") if password else text
        raise SendRefused(shown[:_SHOWN_CHARACTERS])
    return text.partition("Message:")[2].strip()
