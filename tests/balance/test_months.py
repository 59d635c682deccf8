"""Names of months are known, also shortened and inflected, and nothing else is one."""

import pytest

from custom_components.gsm_gateway.balance.folding import fold_text, fold_word
from custom_components.gsm_gateway.balance.months import find_month
from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.balance.pattern import find_numbers, learn_pattern

BY_LANGUAGE = (
    """
    January February March April May June July August September October November December
    Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec
    Januar Februar März April Mai Juni Juli August September Oktober November Dezember
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre
        dicembre
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października
        listopada grudnia
    ledna února března dubna května června července srpna září října listopadu prosince
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık
    januari februari maart april mei juni juli augustus september oktober november december
    januari februari mars april maj juni juli augusti september oktober november december
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta
        syyskuuta lokakuuta marraskuuta joulukuuta
    ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie
        decembrie
    Jan Feb Mar Apr Mei Jun Jul Agt Sep Okt Nov Des
    Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου
        Οκτωβρίου Νοεμβρίου Δεκεμβρίου
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
""".strip()
    .replace("\n        ", " ")
    .splitlines()
)
"""The twelve names in one language each."""

NO_MONTHS = """
    main market mark major junior jungle octopus mais marketing julklapp deca decision
    novel sepia augment marble mayor janitor maximum aprobado outgoing paket listing dubai
    martini декоратор маркет майка новости сено
"""


def month(word: str) -> int | None:
    """Return the number of the month that a word is."""
    return find_month(fold_word(fold_text(word)))


@pytest.mark.parametrize("names", BY_LANGUAGE, ids=lambda names: names.split()[0])
def test_months_are_known(names: str) -> None:
    assert [month(name) for name in names.split()] == list(range(1, 13))


@pytest.mark.parametrize(
    "word",
    NO_MONTHS.split(),
)
def test_other_words_are_no_months(word: str) -> None:
    assert month(word) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Points 5 Main 6", ["5", "6"]),
        ("Bonus 5.00 Main 6.00", ["5.00", "6.00"]),
        ("Bonus 5,00 Main 6,00 Stufe 3", ["5,00", "6,00", "3"]),
        ("Konto 5.00, 12 May 2026", ["5.00"]),
        ("Junior 5 Market 6 Major 7", ["5", "6", "7"]),
    ],
)
def test_all_amounts_can_be_picked_and_no_date(text: str, numbers: list[str]) -> None:
    found = find_numbers(text)
    assert [choice.text for choice in found] == numbers
    for choice in found:
        assert r"\w" not in learn_pattern(text, choice)


def test_what_follows_such_a_word_is_no_date() -> None:
    read = parse_balance("Balance 5.00 GBP valid until 5 Main 2027", country="GB")
    assert read is not None
    assert read.valid_until is None
