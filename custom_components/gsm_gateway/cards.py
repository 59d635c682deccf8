"""SIM cards: what a box tells of one, what a subentry remembers, whether both are the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import re
from typing import Any, Final, Self

from .const import (
    CONF_CARD_SINCE,
    CONF_ICCID,
    CONF_IMSI,
    CONF_OPERATOR,
    CONF_OTHER_CARD,
    CONF_SINCE,
)
from .gateways.model import ChannelStatus

_ICCID: Final = re.compile(r"[0-9A-F]{17,22}", re.ASCII)
_IMSI: Final = re.compile(r"[0-9]{6,15}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A SIM card, as far as it is known."""

    iccid: str | None = None
    imsi: str | None = None
    operator: str | None = None
    """The network that it showed when it was seen first."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the card that `data` came from."""
        return cls(
            iccid=data.get(CONF_ICCID),
            imsi=data.get(CONF_IMSI),
            operator=data.get(CONF_OPERATOR),
        )

    @property
    def data(self) -> dict[str, str | None]:
        """What a subentry keeps of it."""
        return {
            CONF_OPERATOR: self.operator,
            CONF_IMSI: self.imsi,
            CONF_ICCID: self.iccid,
        }

    @property
    def is_told(self) -> bool:
        """Whether there is anything to know it by."""
        return self.iccid is not None or self.imsi is not None

    def is_same(self, other: Self) -> bool | None:
        """Tell whether two are one card; None where nothing of both can be compared."""
        if self.iccid and other.iccid:
            return _is_same_iccid(self.iccid, other.iccid)
        if self.imsi and other.imsi:
            return self.imsi == other.imsi
        return None

    def completed_by(self, told: Self) -> Self:
        """Return this card with what else is told of it."""
        return type(self)(
            iccid=self.iccid or told.iccid,
            imsi=told.imsi or self.imsi,
            operator=self.operator or told.operator,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherCard:
    """A card that was found in a port where another one is known."""

    card: Card
    since: datetime

    @property
    def data(self) -> dict[str, str | None]:
        """What a subentry keeps of it until the user has said what it is."""
        return {**self.card.data, CONF_SINCE: self.since.isoformat()}


def card_told(status: ChannelStatus) -> Card:
    """Return the card that a box tells of in a channel, nothing of it where there is none."""
    if status.sim_present is False:
        return Card()
    iccid = "".join((status.iccid or "").split()).upper().rstrip("F")
    imsi = (status.imsi or "").strip()
    return Card(
        iccid=iccid if _ICCID.fullmatch(iccid) else None,
        imsi=imsi if _IMSI.fullmatch(imsi) else None,
        operator=status.operator,
    )


def other_card(data: Mapping[str, Any]) -> OtherCard | None:
    """Return the other card that a SIM's settings tell of, if there is one."""
    if (kept := data.get(CONF_OTHER_CARD)) is None:
        return None
    since = datetime.fromisoformat(kept[CONF_SINCE])
    return OtherCard(card=Card.of(kept), since=since)


def present_imsi(data: Mapping[str, Any]) -> str | None:
    """Return the IMSI of the card in a port, from which its country follows."""
    other = other_card(data)
    imsi: str | None = data.get(CONF_IMSI)
    return (other.card.imsi if other else None) or imsi


def card_since(data: Mapping[str, Any]) -> datetime | None:
    """Return since when a SIM has its card, if it had another one before."""
    since = data.get(CONF_CARD_SINCE)
    return None if since is None else datetime.fromisoformat(since)


def _is_same_iccid(one: str, other: str) -> bool:
    """Compare two ICCIDs; some ways to read one leave out its check digit (ITU-T E.118)."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer[:-1] == shorter
