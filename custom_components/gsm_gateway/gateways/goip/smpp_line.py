"""One SIM over SMPP: kept bound, received from, sent through."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
import logging
from math import inf

from ..clock import Clock
from ..model import (
    CannotConnect,
    GatewayError,
    NoReply,
    SendRefused,
    SendReport,
    SendState,
)
from ..ports import Listener
from ..reconnect import Backoff
from .settings import GoipSettings, SmppSettings
from .smpp_coding import Alphabet
from .smpp_incoming import Origin, raw_part, sms_part
from .smpp_link import SmppLink, SmppRefused, Verdict
from .smpp_pdu import Deliver, read_deliver
from .smpp_receipts import SentMessages, Spelling, read_receipt
from .smpp_submit import count as count_parts, refusal, submit_sm

_LOGGER = logging.getLogger(__name__)

ANSWER_SECONDS = 60.0
"""Some firmware answers a `submit_sm` when the radio is done (GoIP D8)."""
_AIR_SECONDS = 5.0
"""How long the radio needs for an SMS at most; most firmware answers before (GoIP Q3)."""
_IDLE_SECONDS = 0.5
_ENQUIRE_AFTER = 30.0
_ENQUIRE_AFTER_DROP = 5.0


def line_login(smpp: SmppSettings, channel: int) -> tuple[str, str]:
    """Return id and password of one line."""
    return f"{smpp.system_id}{channel:02d}", smpp.password


class SmppLine:
    """One line's login, whatever becomes of its links."""

    def __init__(
        self,
        channel: int,
        settings: GoipSettings,
        smpp: SmppSettings,
        alphabet: Alphabet,
        spelling: Spelling,
        clock: Clock,
    ) -> None:
        """Prepare; `run` binds. What one line learns of the box, all know."""
        self.channel = channel
        self.error: GatewayError | None = None
        """Why it is not bound, once it was tried."""
        self.sends_until = -inf
        """When (monotonic) the radio is surely done with the last SMS."""
        self.listener: Listener | None = None
        self._address = (settings.host, smpp.port)
        self._smpp = smpp
        self._alphabet = alphabet
        self._clock = clock
        self._link: SmppLink | None = None
        self._binds = count(1)
        self._origin = Origin(channel=channel, link="")
        self._sent = SentMessages(spelling)
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._enquire_after = _ENQUIRE_AFTER

    @property
    def is_bound(self) -> bool:
        """Whether messages can come and go."""
        return self._link is not None

    async def run(
        self, on_change: Callable[[], None], is_alone: Callable[[], Awaitable[bool]]
    ) -> None:
        """Stay bound until cancelled; `on_change` hears of every new state.

        `is_alone` tells whether the login of the whole box may be used.
        """
        backoff = Backoff(self._clock)
        while True:
            backoff.begin()
            try:
                link = await self._bind(is_alone)
            except GatewayError as error:
                self.error = error
            else:
                backoff.succeeded()
                try:
                    self.error = await self._serve(link, on_change)
                finally:
                    await self._end(link)
            on_change()
            await backoff.wait()

    async def _bind(self, is_alone: Callable[[], Awaitable[bool]]) -> SmppLink:
        """Return a bound link. Raises as `SmppLink.open`."""
        login = line_login(self._smpp, self.channel)
        try:
            return await self._open_link(login)
        except SmppRefused:
            if not await is_alone():
                raise
        return await self._open_link((self._smpp.system_id, self._smpp.password))

    async def _open_link(self, login: tuple[str, str]) -> SmppLink:
        link = SmppLink(self._address, login, self, self._clock, self._enquire_after)
        await link.open()
        name = f"{login[0]}#{next(self._binds)}"
        self._origin = Origin(channel=self.channel, link=name)
        return link

    async def _serve(
        self, link: SmppLink, on_change: Callable[[], None]
    ) -> GatewayError:
        """Use a link until it ends; return why."""
        self._link, self.error = link, None
        on_change()
        error = await link.serve()
        if link.idle_seconds is not None and link.idle_seconds >= _IDLE_SECONDS:
            # A box that hangs up on the idle wants to be asked more often (Q21).
            wanted = max(_IDLE_SECONDS, link.idle_seconds / 2)
            self._enquire_after = min(_ENQUIRE_AFTER_DROP, wanted)
        return error

    async def _end(self, link: SmppLink) -> None:
        """Take leave; whoever waits for an answer learns that none will come."""
        self._link = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NoReply("The SMPP link was lost"))
        await link.close()

    async def send(
        self, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        """Hand over one message. Raises and reports as `Sender.send`."""
        if self._link is None:
            raise CannotConnect(f"The SMPP login of line {self.channel} is down")
        message = submit_sm(self._link.system_id, to, text, token, unicode=unicode)
        answer = self._answers[token] = asyncio.get_running_loop().create_future()
        try:
            async with self._clock.timeout(ANSWER_SECONDS):
                await self._link.submit(message)
                await answer
            parts = count_parts(text, unicode=unicode)
            self.sends_until = self._clock.monotonic() + _AIR_SECONDS * parts
        except TimeoutError:
            raise NoReply("The box did not answer") from None
        except ValueError:
            raise SendRefused("The text does not fit into SMPP") from None
        except OSError:
            raise NoReply("The SMPP link was lost") from None
        finally:
            del self._answers[token]
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at, whether awaited or not

    def recall(self, token: str, message_id: str) -> None:
        """Take up a message id of an earlier run, so that its receipt finds it."""
        self._sent.recall(message_id, token)

    def on_answer(self, token: str, status: int, message_id: str) -> None:
        """Hear the answer to a message, in time or late."""
        answer = self._answers.get(token)
        if status:
            error = refusal(status)
            if answer is not None and not answer.done():
                answer.set_exception(error)
            else:
                reason = str(error)
                failed = SendReport(
                    token=token, state=SendState.FAILED, reason=reason, code=status
                )
                self._report(failed)
            return
        self._sent.add(message_id, token)
        self._report(
            SendReport(token=token, state=SendState.ACCEPTED, box_key=message_id)
        )
        if answer is not None and not answer.done():
            answer.set_result(None)

    def on_deliver(self, pdu: bytes, verdict: Verdict) -> None:
        """Hand on a message, or take note of a receipt."""
        try:
            self._take(pdu, verdict)
        except Exception:  # the link must live on, and the box may try again
            _LOGGER.exception("A deliver_sm could not be handed on")
            verdict.refuse()

    def _take(self, pdu: bytes, verdict: Verdict) -> None:
        try:
            deliver = read_deliver(pdu)
        except ValueError, IndexError:
            part = raw_part(pdu, self._origin, verdict)
        else:
            if self._take_receipt(deliver, verdict):
                return
            part = sms_part(deliver, pdu, self._origin, verdict, self._alphabet)
        if self.listener is None:
            verdict.refuse()
        else:
            self.listener.on_part(part)

    def _take_receipt(self, deliver: Deliver, verdict: Verdict) -> bool:
        """Tell whether it is a receipt, and report what it says.

        Without its mark it is one only if it tells of a message of ours.
        """
        receipt = read_receipt(deliver)
        message = self._sent.find(receipt) if receipt is not None else None
        if receipt is None or message is None:
            # A text under the mark of a receipt is a message.
            nobodys = deliver.is_receipt and (
                receipt is not None or not deliver.message
            )
            if nobodys:
                verdict.acknowledge()
            return nobodys
        report = receipt.report(message.token)
        if report is None or message.is_final:
            verdict.acknowledge()
        elif self.listener is None:
            verdict.refuse()
        else:
            message.is_final = True
            report = replace(report, acknowledge=verdict.acknowledge)
            self.listener.on_report(report)
        return True

    def _report(self, report: SendReport) -> None:
        """Tell the listener what became of a message."""
        if self.listener is not None:
            self.listener.on_report(report)
