"""Forms of phone numbers."""

import pytest

from custom_components.gsm_gateway.messaging.countries import Country
from custom_components.gsm_gateway.messaging.messages import BadNumber, NoReplyAddress
from custom_components.gsm_gateway.messaging.numbers import (
    NumberForm,
    country_of,
    dialable,
    formed,
    from_integer,
    normalised,
    reply_address,
    same,
)

# IMSIs with a network of the country and made-up subscriber digits.
RUSSIA = "250010000000001"
GERMANY = "262010000000001"
SPAIN = "214010000000001"
NORWAY = "242010000000001"
ITALY = "222010000000001"
HUNGARY = "216010000000001"
BELARUS = "257010000000001"
USA = "310260000000001"


def nobody(number: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("imsi", "code"),
    [
        (RUSSIA, "7"),
        (GERMANY, "49"),
        ("234150000000001", "44"),
        ("235150000000001", "44"),
        (USA, "1"),
        ("40401000000001", "91"),
    ],
)
def test_country_of_a_sim(imsi: str, code: str) -> None:
    country = country_of(imsi)
    assert country is not None
    assert country.code == code


@pytest.mark.parametrize("imsi", [None, "", "99", "001010000000001"])
def test_country_that_is_not_known(imsi: str | None) -> None:
    assert country_of(imsi) is None


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+49 170 1234567", "+491701234567"),
        ("+7 (999) 123-45-67", "+79991234567"),
        ("0170\u00a0123\u20114567", "01701234567"),
        ("\u202a+491701234567\u202c", "+491701234567"),
        ("900", "900"),
        ("*100#", "*100#"),
        ("1" * 20, "1" * 20),
    ],
)
def test_dialable(written: str, dialled: str) -> None:
    assert dialable(written) == dialled


@pytest.mark.parametrize(
    "written",
    ["", " ", "+", "1+2", "++1", "1" * 21, "MyBank", "12a", "١٢٣", "1;2", "1\r\n2"],
)
def test_not_dialable(written: str) -> None:
    with pytest.raises(BadNumber) as raised:
        dialable(written)
    assert raised.value.number == written
    assert written not in str(raised.value) or not written.strip()


def test_reply_address() -> None:
    assert reply_address("+49170 1234567") == "+491701234567"
    with pytest.raises(NoReplyAddress):
        reply_address("MyBank")


@pytest.mark.parametrize(
    ("integer", "imsi", "dialled"),
    [
        (79991234567, RUSSIA, "+79991234567"),
        (89991234567, RUSSIA, "89991234567"),
        (491701234567, RUSSIA, "+491701234567"),
        (9991234567, RUSSIA, "9991234567"),
        (491701234567, GERMANY, "+491701234567"),
        (4712345678, GERMANY, "+4712345678"),
        (612345678, SPAIN, "612345678"),
        (34612345678, SPAIN, "+34612345678"),
        (91234567, NORWAY, "91234567"),
        (4791234567, NORWAY, "+4791234567"),
        (12025550123, USA, "12025550123"),
        (2025550123, USA, "2025550123"),
        (80291234567, BELARUS, "80291234567"),
        (900, RUSSIA, "900"),
        (1234567, RUSSIA, "1234567"),
        (491701234567, None, "491701234567"),
    ],
)
def test_integer_out_of_a_template(
    integer: int, imsi: str | None, dialled: str
) -> None:
    assert from_integer(integer, nobody, country_of(imsi)) == dialled


def test_integer_that_is_known_with_a_plus() -> None:
    assert from_integer(89991234567, {"+89991234567"}.__contains__, None) == (
        "+89991234567"
    )


def test_integer_that_is_known_without_a_plus() -> None:
    country = country_of(GERMANY)
    assert from_integer(491701234567, {"491701234567"}.__contains__, country) == (
        "491701234567"
    )


def test_integer_of_too_many_digits() -> None:
    with pytest.raises(BadNumber):
        from_integer(10**20, nobody, None)


@pytest.mark.parametrize(
    ("written", "imsi", "one_form"),
    [
        ("+79991234567", RUSSIA, "+79991234567"),
        ("89991234567", RUSSIA, "+79991234567"),
        ("79991234567", RUSSIA, "+79991234567"),
        ("9991234567", RUSSIA, "+79991234567"),
        ("8123334455", RUSSIA, "+78123334455"),
        ("01701234567", GERMANY, "+491701234567"),
        ("00491701234567", GERMANY, "+491701234567"),
        ("491701234567", GERMANY, "+491701234567"),
        ("3401234567", ITALY, "+393401234567"),
        ("3912345678", ITALY, "+393912345678"),
        ("393912345678", ITALY, "+393912345678"),
        ("47123456", NORWAY, "+4747123456"),
        ("4747123456", NORWAY, "+4747123456"),
        ("06201234567", HUNGARY, "+36201234567"),
        ("80291234567", BELARUS, "+375291234567"),
        ("12025550123", USA, "+12025550123"),
        ("2025550123", USA, "+12025550123"),
        ("900", RUSSIA, "900"),
        ("*100#", RUSSIA, "*100#"),
        ("MyBank", RUSSIA, "MyBank"),
        ("79991234567", None, "79991234567"),
    ],
)
def test_normalised(written: str, imsi: str | None, one_form: str) -> None:
    assert normalised(written, country_of(imsi)) == one_form


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("89991234567", "+7 999 123-45-67", True),
        ("+79991234567", "+49991234567", False),
        ("9991234567", "1234567", False),
        ("MyBank", "mybank", False),
        ("MyBank", "MyBank", True),
    ],
)
def test_same_compares_whole_numbers(one: str, other: str, equal: bool) -> None:
    assert same(one, other, country_of(RUSSIA)) is equal


@pytest.mark.parametrize(
    ("number", "imsi", "plus", "double_zero", "national"),
    [
        ("+491701234567", GERMANY, "+491701234567", "00491701234567", "01701234567"),
        ("00491701234567", GERMANY, "+491701234567", "00491701234567", "01701234567"),
        ("01701234567", GERMANY, "+491701234567", "00491701234567", "01701234567"),
        ("491701234567", GERMANY, "+491701234567", "00491701234567", "01701234567"),
        ("+79991234567", RUSSIA, "+79991234567", "0079991234567", "89991234567"),
        ("9991234567", RUSSIA, "+79991234567", "0079991234567", "89991234567"),
        ("+393401234567", ITALY, "+393401234567", "00393401234567", "3401234567"),
        ("+36201234567", HUNGARY, "+36201234567", "0036201234567", "06201234567"),
        ("+12025550123", USA, "+12025550123", "0012025550123", "12025550123"),
        ("+4747123456", NORWAY, "+4747123456", "004747123456", "47123456"),
        # From abroad: there is no national form.
        ("+79991234567", GERMANY, "+79991234567", "0079991234567", "+79991234567"),
        ("0079991234567", GERMANY, "+79991234567", "0079991234567", "0079991234567"),
        ("+491701234567", None, "+491701234567", "00491701234567", "+491701234567"),
    ],
)
def test_forms_of_a_number(
    number: str, imsi: str | None, plus: str, double_zero: str, national: str
) -> None:
    country = country_of(imsi)
    assert formed(number, NumberForm.AS_GIVEN, country) == number
    assert formed(number, NumberForm.PLUS, country) == plus
    assert formed(number, NumberForm.DOUBLE_ZERO, country) == double_zero
    assert formed(number, NumberForm.NATIONAL, country) == national


@pytest.mark.parametrize("form", NumberForm)
@pytest.mark.parametrize(
    ("number", "imsi"),
    [
        ("900", RUSSIA),
        ("112", GERMANY),
        ("116117", GERMANY),
        ("0043", GERMANY),
        ("*100#", RUSSIA),
        ("#31#01701234567", GERMANY),
        ("*31#+491701234567", GERMANY),
        ("01701234567", None),
        ("491701234567", None),
        ("MyBank", GERMANY),
    ],
)
def test_number_that_has_no_other_form(
    form: NumberForm, number: str, imsi: str | None
) -> None:
    assert formed(number, form, country_of(imsi)) == number


def test_short_number_with_a_calling_code_has_no_national_form() -> None:
    country = country_of(GERMANY)
    assert formed("+49110", NumberForm.NATIONAL, country) == "+49110"


def test_country_is_a_value() -> None:
    assert country_of(RUSSIA) == Country("7", "8", range(10, 11))
