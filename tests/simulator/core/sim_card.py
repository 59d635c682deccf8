"""SIM cards: money, and an operator that answers USSD codes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

_DEFAULT_OPERATORS = (
    ("Beeline", "25099", "*100#", "Баланс: {balance} {currency}"),
    ("MTS", "25001", "*100#", "Balance:{balance}r,Limit:0r"),
    ("MegaFon", "25002", "*100#", "Ваш баланс {balance} руб."),
    ("Tele2", "25020", "*105#", "Balans {balance} rub."),
)

type UssdKind = Literal["reply", "menu", "error", "silence"]


@dataclass
class UssdAnswer:
    """What the operator says to one code or to one choice of a menu.

    `text` may hold {balance}, {currency} and {number}. An answer with `menu` keeps the session
    open for one of its choices. `delay` is in simulated seconds.
    """

    text: str = ""
    menu: dict[str, UssdAnswer] = field(default_factory=dict)
    delay: float = 0.0
    kind: UssdKind = "reply"


type UssdSource = (
    str | UssdAnswer | list[str | UssdAnswer] | Callable[["SimCard"], str | UssdAnswer]
)


@dataclass(frozen=True)
class UssdOutcome:
    """One answer as it comes over the radio: final text, menu text, error, or nothing at all."""

    kind: UssdKind
    text: str
    delay: float


@dataclass
class SimCard:
    """One card: identity, money, and the operator's table of USSD codes.

    `ussd_session_seconds`: how long the operator waits for an answer to a menu.
    `sms`: by code, what comes as an SMS after its answer, from `sms_sender`, so many simulated
    seconds later.

    A list in `ussd` is answered entry by entry; the last one stays. Codes that are in no table
    are answered with `unknown_code`.
    """

    number: str = "+79990000001"
    operator: str = "Beeline"
    imsi: str = "250990000000001"
    iccid: str = "8970199000000000001"
    smsc: str = "+79037011111"
    balance: Decimal = Decimal("57.20")
    currency: str = "р."
    price_per_sms: Decimal = Decimal("2.00")
    credit: bool = False
    balance_code: str = "*100#"
    balance_template: str = "Баланс: {balance} {currency}"
    ussd_delay: float = 2.0
    ussd_session_seconds: float = 75.0
    ussd: dict[str, UssdSource] = field(default_factory=dict)
    sms: dict[str, str] = field(default_factory=dict)
    sms_sender: str = "111"
    sms_delay: float = 4.0
    unknown_code: UssdAnswer = field(
        default_factory=lambda: UssdAnswer("Неверный запрос", kind="reply")
    )
    session: UssdAnswer | None = None

    def can_pay(self, parts: int) -> bool:
        """Tell whether the operator would take `parts` more SMS."""
        return self.credit or self.balance >= self.price_per_sms * parts

    def charge(self, parts: int) -> None:
        """Take the price of `parts` sent SMS."""
        self.balance -= self.price_per_sms * parts

    def shown_balance(self) -> str:
        """Return the balance without needless zeros, as operators print it: 57.2."""
        text = f"{self.balance:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def dial(self, code: str) -> UssdOutcome:
        """Answer a code, or a choice while a menu is open."""
        answer = self._find(code)
        is_menu = answer.kind == "reply" and bool(answer.menu)
        self.session = answer if is_menu else None
        return UssdOutcome(
            "menu" if is_menu else answer.kind,
            self.filled(answer.text),
            self.ussd_delay + answer.delay,
        )

    def filled(self, text: str) -> str:
        """Return an operator's words with the facts of the card in them."""
        return (
            text.replace("{balance}", self.shown_balance())
            .replace("{currency}", self.currency)
            .replace("{number}", self.number)
        )

    def hang_up(self) -> None:
        """End an open USSD session."""
        self.session = None

    def _find(self, code: str) -> UssdAnswer:
        """Return the operator's answer; a new code ends an open menu."""
        if self.session is not None and code in self.session.menu:
            return self.session.menu[code]
        if code in self.ussd:
            return _pick(self.ussd, code, self)
        if code == self.balance_code:
            return UssdAnswer(self.balance_template)
        return self.unknown_code


def default_card(number: int) -> SimCard:
    """Return a card that differs from those of other lines; four operators take turns."""
    operator, network, code, template = _DEFAULT_OPERATORS[
        (number - 1) % len(_DEFAULT_OPERATORS)
    ]
    return SimCard(
        number=f"+7999{number:07d}",
        operator=operator,
        imsi=f"{network}{number:010d}",
        iccid=f"89701{number:014d}",
        balance=Decimal("57.20") + 10 * (number - 1),
        balance_code=code,
        balance_template=template,
    )


def _pick(table: dict[str, UssdSource], code: str, card: SimCard) -> UssdAnswer:
    """Return the next answer of one table entry."""
    source = table[code]
    chosen: str | UssdAnswer
    if isinstance(source, list):
        chosen = source.pop(0) if len(source) > 1 else source[0]
    elif isinstance(source, str | UssdAnswer):
        chosen = source
    else:
        chosen = source(card)
    return UssdAnswer(chosen) if isinstance(chosen, str) else chosen
