"""What the readings of a SIM say: price, cost, how long it lasts, the last top-up."""

from datetime import timedelta
from decimal import Decimal

import pytest

from custom_components.gsm_gateway.balance.forecast import look_ahead
from custom_components.gsm_gateway.balance.readings import Outlook, TopUp

from .bills import DAY, NOTHING, START, Bill, daily

NINE_CENTS = Decimal("0.09")
MIXED = (0, 1, 0, 2, 0, 1, 3, 1, 0, 0)


def ahead(bill: Bill) -> Outlook:
    return look_ahead(bill.readings, now=bill.end)


def test_nothing_is_known_of_nothing() -> None:
    assert look_ahead([], now=START) == NOTHING


@pytest.mark.parametrize("count", [1, 2, 3])
def test_less_than_three_days_say_nothing(count: int) -> None:
    readings = daily(["20.00", "19.00", "18.00"][:count])
    assert look_ahead(readings, now=readings[-1].at) == NOTHING


def test_money_that_goes_evenly_lasts_so_long() -> None:
    outlook = ahead(Bill("20.00").days(10, "0.50"))
    assert outlook == Outlook(cost_per_day=Decimal("0.5"), days_left=30)


def test_days_are_left_from_now_on_though_the_balance_was_read_before() -> None:
    bill = Bill("20.00").days(10, "0.50")
    assert look_ahead(bill.readings, now=bill.end + 2 * DAY).days_left == 28
    assert look_ahead(bill.readings, now=bill.end + 90 * DAY).days_left == 0
    assert look_ahead(bill.readings, now=bill.end - DAY).days_left == 30


def test_where_nothing_is_spent_nobody_knows_how_long_it_lasts() -> None:
    outlook = ahead(Bill().days(5))
    assert outlook == Outlook(cost_per_day=Decimal(0))


@pytest.mark.parametrize("money", ["0.00", "-3.50"])
def test_without_money_no_day_is_left_whatever_is_known(money: str) -> None:
    assert look_ahead(daily([money]), now=START).days_left == 0


def test_debts_leave_no_day_and_no_sms() -> None:
    outlook = ahead(Bill("1.00").send(*MIXED, *MIXED, price="0.09"))
    assert outlook.days_left == 0
    assert outlook.sms_left == 0


class TestPrice:
    def test_is_learned_from_three_days_that_agree(self) -> None:
        bill = Bill("10.00").send(1, 0, 2, 0, price="0.09")
        assert ahead(bill).price_per_part is None
        assert ahead(bill).sms_left is None

        outlook = ahead(bill.send(1, 0, price="0.09"))
        assert outlook.price_per_part == NINE_CENTS
        assert outlook.sms_left == 107, "9.64 at 0.09"

    def test_is_cleaned_of_a_daily_fee(self) -> None:
        outlook = ahead(Bill().send(*MIXED, *MIXED, price="0.09", fee="0.20"))
        assert outlook.price_per_part == NINE_CENTS

    def test_is_not_disturbed_by_what_else_was_bought(self) -> None:
        bill = Bill().send(*MIXED, price="0.09")
        bill.read("1.29", parts=1).read("5.00").send(*MIXED, price="0.09")
        assert ahead(bill).price_per_part == NINE_CENTS

    def test_a_new_one_is_followed_after_three_days(self) -> None:
        bill = Bill().send(*MIXED, price="0.09").send(1, 0, 2, 0, price="0.14")
        assert ahead(bill).price_per_part == NINE_CENTS
        assert ahead(bill.send(1, 0, price="0.14")).price_per_part == Decimal("0.14")

    def test_of_one_expensive_message_is_not_followed(self) -> None:
        bill = Bill().send(*MIXED, price="0.09").send(1, 0, price="0.49")
        assert ahead(bill.send(*MIXED, price="0.09")).price_per_part == NINE_CENTS

    def test_is_not_followed_while_some_messages_still_cost_the_old_one(self) -> None:
        bill = Bill().send(*MIXED, price="0.09")
        for price in ("0.29", "0.09", "0.29", "0.09", "0.29"):
            bill.send(1, 0, price=price)
        assert ahead(bill).price_per_part == NINE_CENTS

    def test_may_be_nothing(self) -> None:
        outlook = ahead(Bill().send(*MIXED, *MIXED, price="0", fee="0.33"))
        assert outlook.price_per_part == 0
        assert outlook.sms_left is None, "no end of them"

    def test_is_nothing_while_a_package_lasts_and_follows_its_end(self) -> None:
        bill = Bill().send(*MIXED, price="0.09").send(*MIXED, price="0")
        assert ahead(bill).price_per_part == 0
        assert ahead(bill.send(*MIXED, price="0.09")).price_per_part == NINE_CENTS

    def test_is_not_known_where_no_two_days_agree(self) -> None:
        bill = Bill()
        for spent in ("0.09", "0.55", "0.31", "1.20", "0.77"):
            bill.read(spent, parts=1).read()
        assert ahead(bill).price_per_part is None

    def test_is_not_known_where_the_operator_tells_whole_euros(self) -> None:
        bill = Bill("10")
        for spent in (0, 0, 1, 0, 0, 0, 1, 0, 0):
            bill.read(str(spent), parts=2).read()
        assert ahead(bill).price_per_part is None

    def test_in_a_currency_without_cents_is_known(self) -> None:
        bill = Bill("50000").send(*MIXED, price="350")
        assert ahead(bill).price_per_part == 350
        assert ahead(bill).sms_left == 134

    def test_finer_than_the_amounts_is_known_nearly(self) -> None:
        bill = Bill()
        for spent in ("0.48", "0.47", "0.48", "0.47", "0.48", "0.47"):
            bill.read(spent, parts=5).read()
        assert ahead(bill).price_per_part == pytest.approx(
            Decimal("0.095"), rel=Decimal("0.02")
        )

    def test_does_not_mind_an_operator_who_charges_late(self) -> None:
        bill = Bill()
        for _ in range(4):
            bill.read(parts=1, after=timedelta(hours=6))
            bill.read("0.09", after=timedelta(hours=18))
        assert ahead(bill).price_per_part == NINE_CENTS

    def test_does_not_mind_a_message_just_before_the_daily_question(self) -> None:
        bill = Bill()
        for _ in range(4):
            bill.read(parts=1).read("0.09")
        assert ahead(bill).price_per_part == NINE_CENTS

    def test_is_known_where_a_message_is_sent_every_day(self) -> None:
        assert ahead(Bill().send(*[1] * 8, price="0.09")).price_per_part == NINE_CENTS


class TestCost:
    def test_is_the_mean_of_sms_and_fees(self) -> None:
        outlook = ahead(Bill().send(*MIXED, *MIXED, price="0.10", fee="0.20"))
        assert outlook.cost_per_day == pytest.approx(Decimal("0.28"))

    def test_does_not_count_what_is_put_on_the_sim_nor_its_day(self) -> None:
        bill = Bill("10.00").days(10, "0.50").read("-19.50").days(10, "0.50")
        assert ahead(bill).cost_per_day == Decimal("0.5")

    def test_counts_a_small_refund(self) -> None:
        bill = Bill().days(5, "0.40").read("-0.80").days(4, "0.40")
        assert ahead(bill).cost_per_day == pytest.approx(Decimal("0.28"))
        assert ahead(bill).last_top_up is None

    def test_goes_on_through_days_without_readings(self) -> None:
        bill = Bill().days(10, "0.50").read("7.00", after=14 * DAY).days(3, "0.50")
        assert ahead(bill).cost_per_day == Decimal("0.5")

    def test_of_every_other_day_is_half_of_it(self) -> None:
        bill = Bill()
        for _ in range(15):
            bill.read("0.40").read()
        assert ahead(bill).cost_per_day == pytest.approx(Decimal("0.2"))

    def test_follows_a_new_daily_fee_within_days(self) -> None:
        bill = Bill().days(40, "0.10").days(5, "0.40")
        assert ahead(bill).cost_per_day == Decimal("0.4")

    def test_follows_the_end_of_a_daily_fee_within_days(self) -> None:
        bill = Bill().days(40, "0.40").days(5, "0.10")
        assert ahead(bill).cost_per_day == Decimal("0.1")

    def test_forgets_sms_of_long_ago(self) -> None:
        bill = Bill().send(*MIXED, *MIXED, price="0.09").days(61)
        assert ahead(bill).cost_per_day == 0

    def test_counts_sms_at_their_new_price(self) -> None:
        bill = Bill().send(*MIXED * 3, price="0.10").send(*MIXED, price="0.20")
        assert ahead(bill).cost_per_day == pytest.approx(
            Decimal("0.16"), rel=Decimal("0.02")
        )

    def test_is_not_frightened_by_a_single_expensive_day(self) -> None:
        outlook = ahead(Bill().days(4, "0.10").read("5.10"))
        assert outlook.cost_per_day == pytest.approx(
            Decimal("0.27"), abs=Decimal("0.01")
        )

        outlook = ahead(Bill().days(70, "0.10").read("20.10"))
        assert outlook.cost_per_day == pytest.approx(
            Decimal("0.43"), abs=Decimal("0.01")
        )

    def test_has_a_monthly_fee_evenly_from_its_second_payment_on(self) -> None:
        bill = Bill("200.00")
        costs = []
        for day in range(1, 150):
            bill.read("5.10" if day in (10, 41, 71, 102, 132) else "0.10")
            if day >= 41:
                costs.append(ahead(bill).cost_per_day)
        even = pytest.approx(
            Decimal("0.10") + 5 / Decimal("30.44"), rel=Decimal("0.001")
        )
        assert costs == [even] * len(costs)

    def test_ends_a_monthly_fee_that_is_overdue(self) -> None:
        bill = Bill("200.00")
        for day in range(1, 120):
            bill.read("5.10" if day in (10, 41, 71) else "0.10")
        assert ahead(bill).cost_per_day == Decimal("0.1")

    def test_does_not_depend_on_how_often_it_is_read(self) -> None:
        often = Bill()
        for _ in range(20):
            for hour in range(12):
                often.read("0.24" if hour == 5 else "0", after=timedelta(hours=2))
        rarely = Bill().days(20, "0.24")
        assert ahead(often).cost_per_day == pytest.approx(ahead(rarely).cost_per_day)


class TestTopUp:
    def test_is_the_newest_rise_when_it_was_seen(self) -> None:
        bill = Bill("5.00").read("-10.00").days(3, "1.00").read("-19.50")
        at = bill.end
        bill.days(3, "1.00")
        assert ahead(bill).last_top_up == TopUp(at=at, amount=Decimal("19.50"))

    @pytest.mark.parametrize("rise", ["0.01", "0.02", "0.20"])
    def test_is_no_correction_of_some_cents(self, rise: str) -> None:
        assert ahead(Bill("20.00").read(f"-{rise}")).last_top_up is None

    def test_may_be_small_where_there_never_was_much(self) -> None:
        outlook = ahead(Bill("1.00").read("-0.50"))
        assert outlook.last_top_up == TopUp(at=START + DAY, amount=Decimal("0.50"))


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    bill = Bill().days(10, "0.50").read("0.50", after=-2 * DAY).days(10, "0.50")
    assert ahead(bill).cost_per_day == pytest.approx(
        Decimal("0.55"), rel=Decimal("0.15")
    )


def test_two_readings_of_one_moment_are_one() -> None:
    bill = Bill().days(5, "0.50").read("0", after=timedelta()).days(5, "0.50")
    assert ahead(bill).cost_per_day == Decimal("0.5")
