"""What a box can do, one small protocol per ability.

A brand composes the transports it has into a `Gateway`; what it cannot do is
absent, not a method that refuses.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .model import (
    ChannelStatus,
    GatewayError,
    GatewayStatus,
    InboxEntry,
    IncomingCall,
    SendReport,
    SendState,
    SmsPart,
    UssdReply,
)


class Listener(Protocol):
    """Who hears what a box says by itself. No method raises or waits."""

    def on_part(self, part: SmsPart) -> None:
        """Take over one incoming part; it is acknowledged when it is safe."""

    def on_report(self, report: SendReport) -> None:
        """Hear what became of an outgoing message."""

    def on_call(self, call: IncomingCall) -> None:
        """Hear of a voice call that rings."""

    def on_status(self, status: ChannelStatus) -> None:
        """Hear what a channel says of itself; what is `None` has not changed."""

    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        """Hear that the box is within reach, or why it is not any more.

        May be told the same state twice. `InvalidAuth` means that the driver
        has given up and waits for other credentials.
        """


class Receiver(Protocol):
    """Keeps the links to a box alive; incoming parts and reports come through them."""

    async def run(self, listener: Listener) -> None:
        """Stay connected until cancelled, then say goodbye within a second.

        Reconnects by itself. Returns only after the box refused the
        credentials, told as `on_connection(InvalidAuth)`.
        """


class Sender(Protocol):
    """Puts text on the air."""

    @property
    def reaches(self) -> SendState:
        """The last good state this transport can ever report."""

    def token(self, serial: int) -> str:
        """Spell a number that is unique over restarts as this transport's message key."""

    def split(self, text: str) -> list[str]:
        """Cut a text into what one `send` takes each; most transports take it whole.

        Raises `TextTooLong`.
        """

    def count(self, text: str, *, unicode: bool = False) -> int:
        """Return how many SMS the network gets when `send` hands over this text.

        Raises `TextTooLong`.
        """

    def ready(self, channel: int) -> bool:
        """Tell whether a message for `channel` could leave now."""

    def serves(self, channel: int) -> bool:
        """Tell whether composing the box anew, for `channel` too, would change nothing."""

    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        """Hand over one piece and return when the channel may take the next.

        `unicode` asks for UCS-2; a transport that leaves the alphabet to the
        box ignores it.

        Each state goes to `Listener.on_report` as it is reached, some of them
        perhaps after the return. Raises, and reports nothing, when the box did
        not take the message: `CannotConnect`, `InvalidAuth`,
        `ChannelUnavailable` and `ChannelBusy` mean that it certainly did not go
        out, `SendRefused` that it never will, `NoReply` and `UnexpectedReply`
        that nobody knows.
        """

    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Report what the box still knows of these tokens (each with its channel)."""


class Recaller(Protocol):
    """Hears of messages by what the box calls them (`SendReport.box_key`)."""

    def recall(self, channel: int, token: str, key: str, handed_at: datetime) -> None:
        """Take up the key of a message of an earlier run, handed over then."""


class UssdRunner(Protocol):
    """Dials USSD codes."""

    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial once, or choose from the menu that is open, and return the answer.

        Within 40 seconds.

        Raises `CannotConnect`, `InvalidAuth`, `ChannelUnavailable` and
        `ChannelBusy` when nothing was dialled, `SendRefused` when the network
        refused, `NoReply` when the answer did not come.
        """


class StatusReader(Protocol):
    """Reads what the box shows of itself."""

    async def read_status(self) -> GatewayStatus:
        """Return the present state. Raises `GatewayError`."""


class InboxReader(Protocol):
    """Reads the box's own list of received messages, for catching up."""

    async def read_inbox(self) -> tuple[InboxEntry, ...]:
        """Return all entries the box shows, in no promised order. Raises `GatewayError`."""


class UssdCloser(Protocol):
    """Ends USSD dialogues that a menu has left open."""

    async def close_ussd(self, channel: int) -> None:
        """End what is open, if anything is; within 5 seconds. Raises `GatewayError`."""


class UssdKeeper(Protocol):
    """Lets the steps of a USSD dialogue go by one way, where a box can have several."""

    def dialogue(self, channel: int) -> AbstractAsyncContextManager[None]:
        """Dial all codes of a channel inside by the way that the first one took."""


class ModuleSwitch(Protocol):
    """Switches radio modules."""

    async def switch_module(self, channel: int, *, on: bool) -> None:
        """Turn the module of a channel on or off. Raises `GatewayError`."""


class ModuleRestarter(Protocol):
    """Restarts single radio modules."""

    async def restart_module(self, channel: int) -> None:
        """Restart the module of a channel. Raises `GatewayError`."""


class Restarter(Protocol):
    """Restarts the box."""

    async def restart(self) -> None:
        """Restart the whole box. Raises `GatewayError`."""


class CallDropper(Protocol):
    """Ends voice calls."""

    async def drop_call(self, channel: int) -> None:
        """Reject or end the call of a channel, within 3 seconds. Raises `GatewayError`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gateway:
    """A box: the abilities that its transports have together."""

    receiver: Receiver
    sender: Sender
    ussd: UssdRunner
    status: StatusReader
    recaller: Recaller | None = None
    inbox: InboxReader | None = None
    ussd_closer: UssdCloser | None = None
    ussd_keeper: UssdKeeper | None = None
    module_switch: ModuleSwitch | None = None
    module_restarter: ModuleRestarter | None = None
    restarter: Restarter | None = None
    call_dropper: CallDropper | None = None
    tells_calls: bool = False
    """Whether `Listener.on_call` is ever called."""
    status_pushes: bool = False
    """Whether channels tell their status by themselves, so that `status` is read once."""
    inbox_pushes: bool = True
    """Whether incoming messages are pushed, so that the inbox page only catches up."""
    pacing: float = 0.0
    """Seconds the network wants between two messages of one SIM."""
