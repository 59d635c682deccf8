"""The signs, words and codes of currencies, and which currency each one means."""

from dataclasses import dataclass
from typing import Final

from .countries import CURRENCY_OF
from .folding import fold_text, fold_word, look, words

_MARKS: Final = """
$ dollar* dolar* dollaro dollari доллар* долл دولار*: USD! CAD AUD NZD HKD SGD MXN ARS CLP COP UYU
    BBD BSD BZD FJD GYD JMD LRD NAD SRD TTD TWD XCD ZWG BND KYD SBD BMD CUP DOP NIO MOP
us$ u$s: USD!
$u u$: UYU!
$b b$: BOB!
c$ ca$ can$: CAD! NIO
a$ au$: AUD!
nz$: NZD!
hk$ 港元 港币 港幣: HKD!
s$ sg$: SGD!
nt$: TWD!
mx$: MXN!
n$: NAD!
j$ ja$: JMD!
tt$: TTD!
rd$: DOP!
ec$: XCD!
r$ reais: BRL!
€ euro euros eypo euroa euri eura eure eurot eiro євро евро ευρω يورو: EUR!
£ pound pounds: GBP! EGP FKP GIP LBP SSP
₽ рубл* rubl* ruble*: RUB! BYN
rur: RUB!
р руб rub: RUB! BYN
r: RUB BYN ZAR?
p: RUB BYN PHP BWP
br: BYN ETB
₴ грн грив* hrn grn gryv* hryv*: UAH!
₸ тг тнг тенге теңге tenge tg: KZT!
сум so'm soum: UZS!
sum: UZS
сом: KGS! UZS
som: KGS UZS
с: KGS
сомон* somon* смн: TJS!
smn: TJS!
₼ manat* манат*: AZN TMT?
man: AZN TMT
₾ ლარ* lari: GEL!
֏ դրամ* դր dram драм: AMD!
lei leu лей леев: RON! MDL
лв лева лев leva lev lv: BGN!
din dinar* дин динар* دينار* دنانير: RSD IQD KWD JOD DZD TND LYD BHD?
ден денар* denar*: MKD!
den: MKD
km км: BAM
lek leke: ALL!
zl zlot*: PLN!
kc korun*: CZK!
kr kron*: SEK NOK DKK ISK?
ft forint*: HUF!
sfr: CHF!
₺ tl lira*: TRY!
₪ nis שח ש"ח שקל* شيكل* شيقل*: ILS!
جنيه* ج.م: EGP SDG?
l.e: EGP!
ج: EGP
le: EGP SLE
ريال* ﷼ rial rials riyal riyals: SAR QAR OMR YER IRR?
ر.س رس: SAR!
ro: OMR
sr: SAR SCR
درهم* دراهم dh dhs dirham* د.ا: MAD AED?
تومان*: IRR!
روپ*: PKR!
ليره*: SYP LBP?
ل.س: SYP!
ل.ل: LBP!
afs afg افغان*: AFN!
ll: LBP!
mk: MWK
د.ك دك: KWD!
kd: KWD
د.ب: BHD!
bd: BHD
jd: JOD
د.ع: IQD!!
د.ت dt: TND
د.ج دج da: DZD
د.ل ld: LYD LRD
ر.ع: OMR!
ر.ق: QAR!
qr: QAR
₹ रु रुपय* ரூபாய்* ரூ రూ రూపాయ* ರೂ ರೂಪಾಯಿ* രൂ രൂപ* રૂ રૂપિયા* ਰੁ ਰੁਪਏ*: INR! NPR LKR
rs re rupee*: INR PKR LKR NPR MUR SCR?
nrs: NPR!
රු: LKR!
৳ tk taka টাকা টা: BDT!
rufiyaa: MVR!
rf: MVR
¥ 円 圓: JPY CNY?
cn¥ 人民币 人民幣 rmb yuan: CNY!
元 块: CNY! HKD TWD MOP
₩ 원* won: KRW!
₫ đ đong vnđ: VND!
dong: VND!
d: VND GMD
฿ บาท baht: THB!
บ: THB
₭ kip ກີບ: LAK!
៛ riel riels រៀល: KHR!
ks kyat kyats ကျပ်: MMK!
₱: PHP! CUP
peso pesos piso: PHP MXN ARS CLP COP UYU DOP CUP?
rm ringgit: MYR!
rp rupiah: IDR!
₮ төг* tug tugrik* tugrug* tugrog*: MNT!
₦ n naira: NGN!
¢: GHS CRC
₵ gh₵ ghc gh¢ cedi cedis: GHS!
ksh kshs: KES!
tsh tshs: TZS!
ush ushs: UGX!
sh shs shilling* shilingi: KES UGX TZS SOS?
birr ብር: ETB!
nakfa: ERN!
nu ngultrum*: BTN!
k: ZMW MWK PGK MMK
kwacha: ZMW MWK?
rand rands: ZAR!
pula: BWP!
meticais metical: MZN!
mt mtn: MZN
kwanza*: AOA!
kz: AOA
ariary: MGA!
ar: MGA
frw: RWF!
fbu: BIF!
fcfa cfa: XOF XAF?
f fr franc francs: XOF XAF GNF CHF CDF DJF KMF RWF BIF XPF?
fc: CDF KMF
fg: GNF!
fdj: DJF!
dalasi*: GMD!
leones: SLE!
lempira*: HNL!
l: HNL ALL
quetzal*: GTQ!
q: GTQ
bs bolivar*: VES BOB?
₲ gs guarani*: PYG!
₡ colones: CRC!
s/ soles: PEN!
b/ balboa*: PAB!
gdes gourde* goud: HTG!
emalangeni: SZL!
e: SZL EUR
maloti: LSL!
m: LSL
"""
"""Marks and what they may mean.

A mark that only one currency has, or that means the first one where nothing
else is known, ends that code with `!`. `?` at the end: a mark of several
currencies that shows money even where nothing decides between them. All others
count only for a SIM of that currency. `r` and `p` are roubles in Latin letters; a
`p` where nothing is known could be a penny.
"""

_ONLY_BEFORE: Final = frozenset(("n", "k", "q", "l", "e", "m", "s/", "b/"))
_ONLY_BEHIND: Final = frozenset(
    ("с", "man", "den", "din", "ден", "дин", "re", "mt", "ar", "won", "da")
)
_ONLY_GLUED_BEHIND: Final = {"e": ("EUR",), "b": ("THB",)}
"""Letters that mean something else directly behind a number (16E)."""
_APART: Final = frozenset((("e", "FI"),))
"""Where such a letter stands apart too (5,43 e)."""
_WEAK_LETTERS: Final = words("r p n tk")
"""Letters that mean another currency than the SIM's only where nothing is known of it."""

_BEFORE: Final = {"r": ("ZAR",), "p": ("PHP", "BWP"), "e": ("SZL",)}
"""Letters that mean something else in front of a number."""

_ORDINARY: Final = words(
    "all ang bam bob cop cup dop gel ils lak mad mop pen ron sar sek sos std top try ves"
)
"""Codes that are words too; they count in capitals only, in a text that is not all capitals."""

_OLDER_CODES: Final = words("BGN HRK BYR ANG SLL ZWL ZWG VED MRO LTL LVL EEK SHP CUC")
_CODES: Final = _OLDER_CODES | set(CURRENCY_OF.values())

_LONGEST_STEM: Final = 10

MINOR: Final = words(
    "коп копеек копейки копейка копіиок копіики kop kopeek kopeiki cent cents cts ct centu centi"
    " centimes centavos centesimi gr grosz grosze groszy ban bani стот стотинки stotinki paise"
    " paisa pesewa pesewas kobo kurus krs para feninga haler halere halir thebe ngwee sen"
    " пара к c"
)
"""Hundredths."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a sign or word says about the currency of an amount."""

    currency: str | None
    """ISO 4217; `None` where several have this mark and nothing decides."""


@dataclass(frozen=True, slots=True)
class Locale:
    """What is known of the SIM: its country and its currency."""

    country: str | None = None
    currency: str | None = None

    @property
    def expected(self) -> str | None:
        """Return the currency that amounts are probably in."""
        return self.currency or CURRENCY_OF.get(self.country or "")

    def choose(self, candidates: tuple[str, ...]) -> str | None:
        """Return which of the candidates the SIM's currency or country decides for."""
        wanted = (self.currency, CURRENCY_OF.get(self.country or ""))
        return next((code for code in wanted if code in candidates), None)


@dataclass(frozen=True, slots=True)
class _Sense:
    """What one mark may mean."""

    candidates: tuple[str, ...]
    certain: bool = False
    """The first candidate is meant where nothing else is known."""
    money: bool = False
    """It shows money even where nothing decides for one candidate."""


def _tables() -> tuple[dict[str, _Sense], dict[str, _Sense]]:
    whole: dict[str, _Sense] = {}
    stems: dict[str, _Sense] = {}
    for line in _MARKS.strip().replace("\n    ", " ").splitlines():
        marks, _, codes = line.rpartition(": ")
        sense = _Sense(
            tuple(codes.replace("!", "").replace("?", "").split()),
            certain="!" in codes,
            money="?" in codes,
        )
        for mark in marks.split():
            table = stems if mark.endswith("*") else whole
            table[fold_word(fold_text(mark.removesuffix("*")))] = sense
    return whole, stems


_WHOLE, _STEMS = _tables()
_SEEN: Final = {look(mark): found for mark, found in _WHOLE.items() if len(mark) > 2}
MARK_WORDS: Final = frozenset(_WHOLE)
"""The marks that are no stems."""

SYMBOLS: Final = "".join(m for m in _WHOLE if len(m) == 1 and not m.isalpha())
"""The currency signs that are not letters."""


def _sense(word: str) -> _Sense | None:
    found = _WHOLE.get(word) or _SEEN.get(look(word))
    if found is not None:
        return found
    stem, _, suffix = word.partition("'")
    if suffix and stem in _WHOLE:
        return _WHOLE[stem]
    for length in range(min(len(word), _LONGEST_STEM), 0, -1):
        if word[:length] in _STEMS:
            return _STEMS[word[:length]]
    return None


def _code(word: str, written: str, *, shouting: bool, locale: Locale) -> Mark | None:
    code = word.upper()
    if code not in _CODES:
        return None
    if word in _WHOLE and (shouting or not written.isupper()):
        return None  # a mark that reads like a code (rub)
    if word not in _ORDINARY:
        return Mark(code)
    decided = locale.choose((code,)) is not None or not shouting
    return Mark(code) if written.isupper() and decided else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands beside a number."""

    before: bool
    glued: bool
    """Without a blank between."""


def read_mark(
    word: str, written: str, place: Place, locale: Locale, *, shouting: bool
) -> Mark | None:
    """Return what a folded word says as a currency mark, `None` if it is none.

    A mark that several currencies share counts only if the SIM decides for
    one, or if nothing is known of the SIM. `shouting`: the whole text is in
    capitals.
    """
    code = _code(word, written, shouting=shouting, locale=locale)
    if code is not None:
        return code
    only_before = word in _ONLY_BEFORE and word not in _ONLY_GLUED_BEHIND
    if word in _ONLY_BEHIND if place.before else only_before:
        return None
    sense = _sense(word)
    if not place.before and word in _ONLY_GLUED_BEHIND:
        close = place.glued or (word, locale.country) in _APART
        sense = _Sense(_ONLY_GLUED_BEHIND[word]) if close else None
    if place.before and word in _BEFORE:
        sense = _Sense(_BEFORE[word], certain=word == "r", money=True)
    return None if sense is None else _decide(word, sense, place, locale)


def _decide(word: str, sense: _Sense, place: Place, locale: Locale) -> Mark | None:
    chosen = locale.choose(sense.candidates)
    if chosen is not None:
        return Mark(chosen)
    known = locale.expected is not None
    if word in _ONLY_BEFORE and place.before and not place.glued:
        return None
    if sense.certain and not (known and word in _WEAK_LETTERS):
        return Mark(sense.candidates[0])
    return Mark(None) if sense.money and not known else None


def may_mean(word: str, currency: str | None) -> bool:
    """Tell whether a mark is one of those that a currency has."""
    sense = _sense(word)
    return sense is not None and currency in sense.candidates


def is_code(word: str) -> bool:
    """Tell whether a folded word is a code (ISO 4217) and nothing that is shortened."""
    return word.upper() in _CODES and word not in _WHOLE


def is_mark(word: str) -> bool:
    """Tell whether a folded word is a mark or code of any currency."""
    return word.upper() in _CODES or _sense(word) is not None
