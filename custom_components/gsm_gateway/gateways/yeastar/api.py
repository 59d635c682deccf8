"""The TG's HTTP API: `WebCGI?1500101` sends an SMS, `WebCGI?1500102` dials a USSD code."""

import re
from urllib.parse import quote

import aiohttp
from yarl import URL

from ..http import Reply, request
from ..model import SendRefused, UssdReply
from .errors import ApiClosed
from .settings import YeastarSettings

USSD_SECONDS = 32.0
"""With the time for connecting less than the 40 s that a USSD has."""
_SEND_SMS = "1500101"
_SEND_USSD = "1500102"
_SECONDS = 10.0
_LOOK_SECONDS = 5.0
_SHOWN_CHARACTERS = 200
_RESPONSE = re.compile(r"^response:[ \t]*(.*)", re.IGNORECASE | re.MULTILINE)
_MESSAGE = re.compile(r"^message:", re.IGNORECASE | re.MULTILINE)


class WebApi:
    """Requests as the box wants them: parameters behind a second "=" (Yeastar Q18)."""

    def __init__(
        self, session: aiohttp.ClientSession, settings: YeastarSettings
    ) -> None:
        """Use one account of one box."""
        self._session = session
        self._settings = settings

    async def look(self) -> None:
        """Return when the box's web server answers, whatever it says. Raises `GatewayError`."""
        await request(
            self._session, "GET", self._settings.web_url, seconds=_LOOK_SECONDS
        )

    async def check_open(self) -> None:
        """Call the page that sends, but without a number, a text and a port.

        Raises `ApiClosed` when it is closed to us, `GatewayError` when nobody
        answers. What the box says of a wrong password no source tells.
        """
        _refuse_closed(await self._call(_SEND_SMS, {}, _LOOK_SECONDS))

    async def send_sms(self, channel: int, to: str, text: str) -> None:
        """Hand over one SMS. Raises as `ports.Sender.send`."""
        fields = {"port": str(channel), "destination": to, "content": text}
        self._message(await self._call(_SEND_SMS, fields, _SECONDS))

    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial once and wait for the answer. Raises as `ports.UssdRunner.run_ussd`."""
        fields = {"port": str(channel), "content": code}
        reply = await self._call(_SEND_USSD, fields, USSD_SECONDS)
        return UssdReply(text=self._message(reply))

    async def _call(self, page: str, fields: dict[str, str], seconds: float) -> Reply:
        """Call one page, once."""
        settings = self._settings
        account = {"account": settings.username, "password": settings.password}
        query = "&".join(
            f"{name}={_quoted(value)}" for name, value in (account | fields).items()
        )
        url = URL(f"{settings.web_url}cgi/WebCGI?{page}={query}", encoded=True)
        return await request(self._session, "GET", url, seconds=seconds)

    def _message(self, reply: Reply) -> str:
        """Return the text behind `Message:`, or raise for all but success (Yeastar Q19)."""
        _refuse_closed(reply)
        text = reply.body.decode("utf-8", "replace").replace("\r\n", "\n").strip()
        response = _RESPONSE.search(text)
        if response is None or response[1].strip().lower() != "success":
            shown = self._without_password(text)[:_SHOWN_CHARACTERS]
            raise SendRefused(shown or f"HTTP status {reply.status}")
        message = _MESSAGE.search(text, response.end())
        return text[message.end() :].strip() if message else ""

    def _without_password(self, text: str) -> str:
        """Return a text that the box may have repeated our request in."""
        password = self._settings.password
        for secret in filter(None, (password, _quoted(password))):
            text = text.replace(secret, "***")
        return text


def _quoted(value: str) -> str:
    return quote(value, safe="", errors="replace")


def _refuse_closed(reply: Reply) -> None:
    """Raise `ApiClosed` for the answers of a box that does not let us in (Yeastar Q1)."""
    if reply.status in (401, 403, 404):
        raise ApiClosed("The API is switched off or closed to this address")
