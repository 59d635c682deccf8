"""The readers of a GoIP: pages, and packets one by one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import override

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip.fields import decode_page
from custom_components.gsm_gateway.gateways.goip.inbox import WebInbox
from custom_components.gsm_gateway.gateways.goip.pages import GoipPages, _line_field
from custom_components.gsm_gateway.gateways.goip.refusals import read_reply
from custom_components.gsm_gateway.gateways.goip.settings import (
    GoipSettings,
    SmppSettings,
)
from custom_components.gsm_gateway.gateways.goip.slots import (
    End,
    Outcome,
    SlotWatcher,
)
from custom_components.gsm_gateway.gateways.goip.smpp_coding import Alphabet
from custom_components.gsm_gateway.gateways.goip.smpp_line import SmppLine
from custom_components.gsm_gateway.gateways.goip.smpp_link import Verdict
from custom_components.gsm_gateway.gateways.goip.smpp_pdu import Deliver
from custom_components.gsm_gateway.gateways.goip.smpp_receipts import (
    Spelling,
    read_receipt,
)
from custom_components.gsm_gateway.gateways.goip.status import WebStatus
from custom_components.gsm_gateway.gateways.goip.web_form import LineForms
from custom_components.gsm_gateway.gateways.goip.web_send import WebSender
from custom_components.gsm_gateway.gateways.goip.web_ussd import _answer
from custom_components.gsm_gateway.gateways.model import Coding
from custom_components.gsm_gateway.gateways.text import clean, decode
from tests.gateways.goip.smsc import DELIVER, pdu
from tests.gateways.recorder import Recorder

from . import captures
from .inputs import DELIVERS
from .target import Target

LOGIN = SmppSettings(system_id="goip", password="goip")
SETTINGS = GoipSettings(
    host="127.0.0.1", username="admin", password="admin", smpp=LOGIN
)


class OnePage(GoipPages):
    """A box whose pages are all the same."""

    def __init__(self, body: bytes) -> None:
        self._page = decode_page(body)

    @override
    async def get(self, page: str, query: Mapping[str, str] | None = None) -> str:
        return self._page

    @override
    async def get_with_login(self, page: str, query: Mapping[str, str]) -> str:
        return self._page

    @override
    async def post(
        self, page: str, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> str:
        return self._page

    @override
    async def first_of[AnswerT](
        self, pages: tuple[str, ...], ask: Callable[[str], Awaitable[AnswerT]]
    ) -> AnswerT:
        return await ask(pages[0])


async def status(data: bytes) -> object:
    """Read a status page."""
    return await WebStatus(OnePage(data)).read_status()


async def slot(data: bytes) -> object:
    """Read the slot of a line, and what it means for an SMS."""
    found = await SlotWatcher(OnePage(data), Clock()).read(1)
    end = End(Outcome.DONE, found.error)
    return found, found.is_busy, end.is_unanswered, str(end.refusal)


async def ussd(data: bytes) -> object:
    """Read an operator's answer off a slot."""
    found = await SlotWatcher(OnePage(data), Clock()).read(1)
    return _answer(End(Outcome.DONE, found.error, started=True))


async def inbox(data: bytes) -> object:
    """Read the inbox page."""
    return await WebInbox(OnePage(data)).read_inbox()


async def reply(data: bytes) -> object:
    """Read what a page says to a send, and the form of the send page."""
    page = OnePage(data)
    watcher = SlotWatcher(page, Clock())
    sender = WebSender(page, watcher, LineForms(page, watcher))
    text = decode_page(data)
    return str(read_reply(text)), str(_line_field(text)), await sender._get({})


class _Verdict(Verdict):
    """Keeps what was answered."""

    @override
    def __init__(self) -> None:
        self.answers: list[str] = []

    @override
    def acknowledge(self) -> None:
        self.answers.append("acknowledged")

    @override
    def refuse(self) -> None:
        self.answers.append("refused")


def smpp_line() -> tuple[SmppLine, Recorder]:
    """Return a line that waits for receipts, and who listens to it."""
    line = SmppLine(1, SETTINGS, LOGIN, Alphabet(), Spelling(), Clock())
    listener = Recorder()
    line.listener = listener
    for message_id in ("7", "1f", "000021f4"):
        line._sent.add(message_id, f"token {message_id}")
    return line, listener


async def deliver(data: bytes) -> object:
    """Take one `deliver_sm`, which is answered once whatever it holds."""
    line, listener = smpp_line()
    verdict = _Verdict()
    line.on_deliver(pdu(DELIVER, 0, 1, data), verdict)
    assert verdict.answers == ["acknowledged"]
    return listener.parts, listener.reports, [clean(text) for text in listener.texts]


async def receipt(data: bytes) -> object:
    """Read a receipt."""
    found = read_receipt(Deliver(source="", message=data))
    return found, found and found.report("7")


async def alphabet(data: bytes) -> object:
    """Read a payload under any data_coding, the alphabet being learned or not."""
    coding, payload = data[:1] or b"\0", data[1:]
    readings = [Alphabet().read(code, payload) for code in {0, *coding}]
    return [(each, decode(each.payload, each.coding)) for each in readings]


async def text(data: bytes) -> object:
    """Decode under every coding."""
    return [decode(data, coding) for coding in Coding]


TARGETS = (
    Target(name="goip status pages", read=status, captures=captures.GOIP_STATUS),
    Target(name="goip send status", read=slot, captures=captures.GOIP_SLOTS),
    Target(name="goip ussd answer", read=ussd, captures=captures.GOIP_SLOTS),
    Target(name="goip inbox page", read=inbox, captures=captures.GOIP_INBOX),
    Target(name="goip replies and forms", read=reply, captures=captures.GOIP_REPLIES),
    Target(
        name="smpp deliver_sm",
        read=deliver,
        captures=captures.SMPP_BODIES,
        shaped=DELIVERS,
    ),
    Target(name="smpp receipt", read=receipt, captures=captures.SMPP_RECEIPTS),
    Target(name="smpp alphabet", read=alphabet, captures=captures.SMPP_PAYLOADS),
    Target(name="text of a payload", read=text, captures=captures.SMPP_PAYLOADS),
)
