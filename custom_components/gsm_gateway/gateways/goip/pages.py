"""The web pages that this box has: asked for once, remembered, looked for again when gone."""

from collections.abc import Mapping
from enum import Enum

import aiohttp

from ..http import Reply, request
from ..model import InvalidAuth, SendRefused, UnexpectedReply
from .fields import decode_page
from .settings import GoipSettings

SMS_FORM = "sms_info.html"
USSD_FORM = "ussd_info.html"
NUMBERED_STATUS = "send_sms_status.xml"
SEED_STATUS = "send_status.xml"
_BAD_LOGIN = "user or password error"


class PageMissing(UnexpectedReply):
    """The firmware has no such page; a request for it did nothing (GoIP D3)."""


class LineField(Enum):
    """How a form names the line (GoIP 1.3)."""

    LINE = "line"
    NUMBERED = "line1"
    UNTOLD = ""

    def fields(self, channel: int) -> dict[str, str]:
        """Return the form fields for one line; both forms where the box does not tell."""
        one, numbered = {"line": str(channel)}, {f"line{channel}": "1"}
        match self:
            case LineField.LINE:
                return one
            case LineField.NUMBERED:
                return numbered
            case LineField.UNTOLD:
                return one | numbered


class GoipPages:
    """Fetches pages with the web login. Nothing here sends an SMS by itself."""

    def __init__(self, session: aiohttp.ClientSession, settings: GoipSettings) -> None:
        """Know nothing yet of the firmware."""
        self._session = session
        self._settings = settings
        self._status_page: str | None = None
        self._line_field: LineField | None = None

    async def get(self, page: str, query: Mapping[str, str] | None = None) -> str:
        """Return a page. Raises `PageMissing`, `InvalidAuth` and as `http.request`."""
        return await self._fetch("GET", page, query)

    async def post(
        self, page: str, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> str:
        """Post a form and return the page that answers. Raises as `get`."""
        return await self._fetch("POST", page, query, form)

    async def get_with_login(self, page: str, query: Mapping[str, str]) -> str:
        """Return a page that takes the login in its query (GoIP 1.1)."""
        login = {"u": self._settings.username, "p": self._settings.password}
        return await self._fetch("GET", page, login | dict(query), basic=False)

    async def has(self, page: str) -> bool:
        """Tell whether the firmware has a page, by looking at it."""
        try:
            await self.get(page)
        except PageMissing:
            return False
        return True

    async def line_field(self) -> LineField:
        """Return how this firmware's send form names a line."""
        if self._line_field is None:
            try:
                form = await self.get("tools.html", {"type": "sms"})
            except PageMissing:
                form = ""
            self._line_field = _line_field(form)
        return self._line_field

    async def send_status(self, channel: int) -> str:
        """Return the page with the status slots, at least that of `channel` (GoIP 1.4)."""
        if self._status_page is not None:
            try:
                return await self._send_status(self._status_page, channel)
            except PageMissing:
                self._status_page = None
        for page in (NUMBERED_STATUS, SEED_STATUS):
            try:
                text = await self._send_status(page, channel)
            except PageMissing:
                continue
            self._status_page = page
            return text
        raise UnexpectedReply("The box has no page with the status of a send")

    async def _send_status(self, page: str, channel: int) -> str:
        """Fetch one of the status pages; the oldest shows only the line that is posted."""
        line = {"line": str(channel)}
        if page == NUMBERED_STATUS:
            return await self.post(page, line, line)
        return await self.get_with_login(page, {})

    async def _fetch(
        self,
        method: str,
        page: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        *,
        basic: bool = True,
    ) -> str:
        reply = await request(
            self._session,
            method,
            (self._settings.pages_url / page).with_query(query),
            authorization=self._settings.authorization if basic else None,
            form=form,
        )
        return _text(reply, page)


def _text(reply: Reply, page: str) -> str:
    """Return the text of a reply, or raise what its status or body says (GoIP Q1, D2, D3)."""
    if reply.status == 401:
        raise InvalidAuth("The box refuses the web login")
    if reply.status in (301, 302, 404):
        raise PageMissing(f"No page {page}")
    text = decode_page(reply.body)
    if text.lstrip().startswith("ERROR") and _BAD_LOGIN in text:
        raise InvalidAuth("The box refuses the web login")
    if reply.status != 200:
        raise SendRefused(f"Error {reply.status}", reply.status)
    return text


def _line_field(form: str) -> LineField:
    """Read the field's name off the send form."""
    for field in (LineField.NUMBERED, LineField.LINE):
        if f'name="{field.value}"' in form:
            return field
    return LineField.UNTOLD
