"""The web pages that this box has: asked for once, remembered, looked for again when gone."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
import re

import aiohttp

from ..http import request
from ..model import InvalidAuth, UnexpectedReply
from .fields import decode_page
from .refusals import read_reply
from .settings import GoipSettings

SMS_FORM = "sms_info.html"
USSD_FORM = "ussd_info.html"
SEND_PAGE = "send.html"
_NUMBERED_STATUS = "send_sms_status.xml"
_SEED_STATUS = "send_status.xml"
_LINE_FIELD = re.compile(r"""name\s?=\s?["']?(line1?)["'\s>]""", re.IGNORECASE)


class PageFailed(UnexpectedReply):
    """The box answered with another HTTP status than 200."""

    def __init__(self, page: str, status: int) -> None:
        """Keep the status."""
        super().__init__(f"The page {page} gives the error {status}")
        self.status = status


class PageMissing(PageFailed):
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
        self._chosen: dict[tuple[str, ...], str] = {}
        self._line_field: LineField | None = None

    async def get(self, page: str, query: Mapping[str, str] | None = None) -> str:
        """Return a page.

        Raises `PageMissing`, `PageFailed`, `InvalidAuth`, and as `http.request`.
        """
        return await self._fetch("GET", page, query)

    async def post(
        self, page: str, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> str:
        """Post a form and return the page that answers. Raises as `get`."""
        return await self._fetch("POST", page, query, form)

    async def get_with_login(self, page: str, query: Mapping[str, str]) -> str:
        """Return a page that takes the login in its query (GoIP 1.1). Raises as `get`."""
        login = {"u": self._settings.username, "p": self._settings.password}
        return await self._fetch("GET", page, login | dict(query), basic=False)

    async def first_of[AnswerT](
        self, pages: tuple[str, ...], ask: Callable[[str], Awaitable[AnswerT]]
    ) -> AnswerT:
        """Ask for the first of some pages that this firmware has, and remember which.

        Raises `PageMissing` when it has none, and what `ask` raises.
        """
        chosen = self._chosen.pop(pages, None)
        missing: PageMissing | None = None
        for page in sorted(pages, key=lambda page: page != chosen):
            try:
                answer = await ask(page)
            except PageMissing as error:
                missing = missing or error
                self._line_field = None  # it may be another firmware by now
                continue
            self._chosen[pages] = page
            return answer
        raise missing or PageMissing(" or ".join(pages), 404)

    async def line_field(self) -> LineField:
        """Return how this firmware's send form names a line. Raises as `get`."""
        if self._line_field is None:
            try:
                form = await self.get("tools.html", {"type": "sms"})
            except PageMissing:
                form = ""
            self._line_field = _line_field(form)
        return self._line_field

    async def send_status(self, channel: int) -> str:
        """Return the page with the status slots, at least that of `channel` (GoIP 1.4).

        Raises as `get`.
        """
        line = {"line": str(channel)}

        async def ask(page: str) -> str:
            if page == _SEED_STATUS:
                return await self.get_with_login(page, {})
            # The oldest firmware shows only the line that is posted.
            return await self.post(page, line, line)

        return await self.first_of((_NUMBERED_STATUS, _SEED_STATUS), ask)

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
        if reply.status == 401:
            raise InvalidAuth("The box refuses the web login")
        if reply.status == 404:
            raise PageMissing(page, 404)
        if reply.status != 200:
            raise PageFailed(page, reply.status)
        text = decode_page(reply.body, reply.charset)
        if isinstance(error := read_reply(text), InvalidAuth):
            raise error
        return text


def _line_field(form: str) -> LineField:
    """Read the field's name off the send form."""
    names = {name.lower() for name in _LINE_FIELD.findall(form)}
    for field in (LineField.NUMBERED, LineField.LINE):
        if field.value in names:
            return field
    return LineField.UNTOLD
