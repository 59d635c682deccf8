"""Each rule of the judge can fail, and does not fail where all is well."""

from datetime import UTC, datetime
from typing import Any

import pytest

from .judge import judge
from .made_up import START, MadeUp

LONG = " ".join(f"i00001.{n}" for n in range(30))
FIRST = LONG[:153]


def broken(made_up: MadeUp) -> list[str]:
    """Return the rules that the judge finds broken."""
    return sorted(judge(made_up.evidence()).rules.elements())


def apart(made_up: MadeUp) -> dict[str, int]:
    """Return what the judge counts apart where nothing is broken."""
    verdict = judge(made_up.evidence())
    assert not verdict.failures
    return dict(verdict.apart)


def sent() -> MadeUp:
    """Return a message that went out as it should."""
    return (
        MadeUp()
        .submit()
        .state(0.1, "queued")
        .state(1, "sending")
        .state(2, "accepted")
        .air(4)
        .state(5, "delivered")
    )


def test_one_event_for_one_message_is_right() -> None:
    assert broken(MadeUp().incoming().acknowledged().event()) == []


def test_an_acknowledged_message_without_an_event_is_lost() -> None:
    assert broken(MadeUp().incoming().acknowledged()) == ["lost"]


def test_a_refused_message_that_left_the_page_unread_is_counted_apart() -> None:
    made_up = MadeUp().incoming().acknowledged(status=0x64)
    made_up.box(50, "page_rolled", id=1, part=0, reads=0, reason="rolled")
    assert apart(made_up) == {"left a GoIP page unread": 1}


def test_a_message_that_stands_on_the_page_must_be_told() -> None:
    assert broken(MadeUp().incoming()) == ["lost"]


def stamp(at: float) -> str:
    """Return a time as journals have it inside."""
    return datetime.fromtimestamp(START + at, UTC).isoformat()


@pytest.mark.parametrize(("last", "rules"), [(20.0, []), (100.0, ["lost"])])
def test_two_reads_of_the_page_are_a_hand_over(last: float, rules: list[str]) -> None:
    made_up = MadeUp().incoming()
    reads: dict[str, Any] = {
        "reads": 2,
        "first_read": stamp(10),
        "last_read": stamp(last),
    }
    made_up.box(500, "page_rolled", id=1, part=0, reason="rolled", **reads)
    assert broken(made_up) == rules


def test_a_kill_right_after_the_last_read_undoes_it() -> None:
    made_up = MadeUp().incoming().killed(101)
    reads: dict[str, Any] = {
        "reads": 2,
        "first_read": stamp(10),
        "last_read": stamp(100),
    }
    made_up.box(500, "page_rolled", id=1, part=0, reason="rolled", **reads)
    assert apart(made_up) == {"left a GoIP page unread": 1}


def test_one_lost_part_of_two_is_a_loss() -> None:
    made_up = MadeUp().incoming(text=LONG).acknowledged().acknowledged(part=2)
    made_up.event(text=FIRST, complete=False)
    assert broken(made_up) == ["lost"]


def test_two_parts_told_apart_never_become_a_whole() -> None:
    made_up = MadeUp().incoming(text=LONG).acknowledged().acknowledged(part=2)
    made_up.event(text=FIRST, complete=False)
    made_up.event(9, text=LONG[153:], complete=False, id="m2")
    assert broken(made_up) == ["doubled", "lost"]


def test_an_incomplete_message_is_right_where_a_part_never_came() -> None:
    made_up = MadeUp().incoming(text=LONG, missing=[2]).acknowledged()
    assert broken(made_up.event(text=FIRST, complete=False)) == []


def test_a_part_of_a_text_is_not_complete() -> None:
    made_up = MadeUp().incoming(text=LONG, missing=[2]).acknowledged()
    assert broken(made_up.event(text=FIRST)) == ["complete"]


def test_an_acknowledged_receive_is_the_whole_message() -> None:
    made_up = MadeUp().incoming(box="delta", text=LONG).pushed()
    assert broken(made_up) == ["lost"]
    assert broken(made_up.event(box="delta", text=LONG)) == []


def test_an_acknowledged_receive_has_no_part_that_never_came() -> None:
    made_up = MadeUp().incoming(box="delta", text=LONG, missing=[2]).pushed()
    assert broken(made_up) == ["lost"]
    text = f"{FIRST} [SMS2 missed]"
    assert broken(made_up.event(box="delta", text=text, complete=False)) == []


def rolled(made_up: MadeUp) -> MadeUp:
    """Let it leave the page before anybody has read it."""
    return made_up.box(50, "page_rolled", "delta", id=1, part=0, reads=0)


def test_a_datagram_that_must_have_been_heard_is_no_excuse() -> None:
    made_up = MadeUp().incoming(box="delta").pushed(20, "sms_handed_over")
    made_up.pushed(30, "sms_lost", datagrams_through=1)
    assert broken(rolled(made_up)) == ["lost"]
    assert apart(made_up.killed(24)) == {"left a GoIP page unread": 1}


def test_a_message_without_a_datagram_that_left_the_page_is_counted_apart() -> None:
    made_up = MadeUp().incoming(box="delta")
    made_up.pushed(30, "sms_lost", datagrams_through=0)
    assert broken(made_up) == ["lost"]
    reason = "no datagram got through, and it left the page unread"
    assert apart(rolled(made_up)) == {reason: 1}


def test_a_doubled_datagram_is_announced_once() -> None:
    made_up = MadeUp().incoming(box="delta").pushed().event(box="delta")
    made_up.pushed(1, "fault_hit", fault="udp_double")
    assert broken(made_up.event(3, box="delta", id="m2")) == ["doubled"]


def test_a_tg_without_a_client_is_counted_apart() -> None:
    made_up = MadeUp().incoming(box="tango")
    made_up.box(0, "sms_lost", "tango", id=1, part=1, how="ami", reason="nobody")
    assert apart(made_up)["TG messages with nobody connected"] == 1


def test_a_tg_that_told_us_must_be_believed() -> None:
    made_up = MadeUp().incoming(box="tango")
    made_up.box(0, "sms_handed_over", "tango", id=1, part=1, how="ami")
    assert broken(made_up) == ["lost"]


def test_a_tg_event_that_meets_a_kill_is_counted_apart() -> None:
    made_up = MadeUp().incoming(box="tango").killed(1)
    made_up.box(0, "sms_handed_over", "tango", id=1, part=1, how="ami")
    assert apart(made_up) == {"TG messages that died with their link": 1}


def test_two_events_are_one_too_many() -> None:
    assert broken(MadeUp().incoming().acknowledged().event().event(3)) == ["doubled"]


def test_what_the_box_brought_twice_on_one_link_is_counted_apart() -> None:
    made_up = MadeUp().incoming().acknowledged().event().event(3, id="m2")
    made_up.box(1, "fault_hit", id=1, part=1, fault="duplicate")
    assert list(apart(made_up)) == ["brought twice on one SMPP link, announced twice"]


def test_two_ids_for_one_message_are_two_events() -> None:
    made_up = MadeUp().incoming().acknowledged().event().event(3, id="m2")
    assert broken(made_up) == ["doubled"]


def test_redelivered_needs_a_kill_in_the_announce_window() -> None:
    made_up = MadeUp().incoming().acknowledged().event().killed(3, announcing=[])
    assert broken(made_up.event(4, redelivered=True)) == ["redelivered"]


def test_redelivered_is_right_after_a_kill_that_found_it_announcing() -> None:
    made_up = MadeUp().incoming().acknowledged().event().killed(3, announcing=["m1"])
    assert broken(made_up.event(4, redelivered=True)) == []


def test_redelivered_is_right_where_a_late_part_made_it_complete() -> None:
    made_up = MadeUp().incoming(text=LONG).acknowledged().acknowledged(part=2)
    made_up.event(text=FIRST, complete=False).event(400, text=LONG, redelivered=True)
    assert broken(made_up) == []


def test_from_memory_only_while_the_disk_is_full() -> None:
    made_up = MadeUp().incoming().acknowledged().event(stored=False)
    assert broken(made_up) == ["stored"]
    made_up.did(1, "fault", number=1, fault="full disk").did(9, "fault_over", number=1)
    assert broken(made_up) == []


def test_a_text_that_changed_on_its_way_is_seen() -> None:
    made_up = MadeUp().incoming().acknowledged().event(text="i00001 help")
    assert broken(made_up) == ["changed", "lost"]


def test_an_event_out_of_nothing_is_seen() -> None:
    assert broken(MadeUp().event()) == ["invented"]


def test_a_message_that_is_sent_and_told_is_right() -> None:
    assert broken(sent()) == []


def test_twice_on_the_air_is_doubled() -> None:
    assert broken(sent().air(6)) == ["doubled"]


def test_the_same_piece_twice_is_doubled() -> None:
    text = "o00001 one two"
    made_up = MadeUp().submit(text=text)
    for at, piece in enumerate(("1/2 o00001 one", "2/2 o00001 two", "1/2 o00001 one")):
        made_up.air(at, piece)
    assert "doubled" in broken(made_up.state(9, "sent", text=text))


def test_sent_without_leaving_the_antenna_is_seen() -> None:
    assert broken(MadeUp().submit().state(1, "sending").state(2, "sent")) == ["air"]


@pytest.mark.parametrize("state", ["expired", "cancelled", "queued"])
def test_what_was_on_the_air_cannot_have_stayed(state: str) -> None:
    made_up = MadeUp().submit().air(1).state(3600, state)
    assert "air" in broken(made_up)


def test_unknown_needs_a_cause() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    assert broken(made_up) == ["unknown"]


def test_unknown_is_right_where_this_very_dialogue_was_cut() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    other = {"fault": "cut", "number": "+499", "text": "o00009 hello"}
    made_up.box(2, "fault_hit", **other)
    assert broken(made_up) == ["unknown"]
    made_up.box(2, "fault_hit", **other | {"number": "+491", "text": "o00001 hello"})
    assert broken(made_up) == []


def test_a_fault_counts_from_its_beginning() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    told = {"fault": "hang", "number": "+491", "text": "o00001 hello"}
    made_up.box(90, "fault_hit", seconds=80.0, **told)
    assert broken(made_up) == []
    made_up.box(190, "fault_hit", seconds=80.0, **told)
    del made_up.journal[0]
    assert broken(made_up) == ["unknown"]


def test_unknown_is_right_where_its_connection_ended() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    open_ = [{"number": "+491", "text": "o00001 hello"}]
    made_up.box(2, "connection", event="closed", by="drop", open=open_)
    assert broken(made_up) == []


@pytest.mark.parametrize(("at", "rules"), [(30, []), (500, ["unknown"])])
def test_unknown_is_right_where_a_kill_fell_into_the_sending(
    at: float, rules: list[str]
) -> None:
    made_up = MadeUp().submit().state(1, "sending").killed(at).state(60, "unknown")
    assert broken(made_up) == rules


@pytest.mark.parametrize(
    ("fault", "rules"), [("udp_loss", []), ("udp_double", ["unknown"])]
)
def test_unknown_is_right_where_a_datagram_of_it_was_lost(
    fault: str, rules: list[str]
) -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    told = {"number": "+491", "text": "o00001 hello", "dialogue": "OK"}
    made_up.box(3, "fault_hit", "delta", fault=fault, **told)
    assert broken(made_up) == rules


@pytest.mark.parametrize(("line", "rules"), [(1, []), (2, ["unknown"])])
def test_unknown_is_right_where_its_line_had_moved(line: int, rules: list[str]) -> None:
    made_up = MadeUp().submit().state(1, "sending").state(60, "unknown")
    fault = {"fault": "udp_port_change", "arguments": {"line": line}}
    made_up.did(0.5, "fault", number=1, on="alpha", **fault)
    assert broken(made_up) == rules


def test_a_send_that_was_doubled_on_its_way_is_counted_apart() -> None:
    told = {"number": "+491", "text": "o00001 hello", "dialogue": "SEND"}
    made_up = sent().air(6).box(3, "fault_hit", fault="udp_double", **told)
    reason = "a SEND was doubled on its way, and the box sent twice"
    assert apart(made_up) == {reason: 1}
    assert broken(made_up.air(7)) == ["doubled"]


def test_a_deliver_that_was_taken_must_be_told() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(2, "sent").air(2, sms=7)
    told: dict[str, Any] = {"sms": 7, "how": "udp DELIVER", "state": 0}
    made_up.box(5, "sms_result_acknowledged", **told)
    assert broken(made_up) == ["unreported"]
    assert broken(made_up.state(6, "delivered")) == []


def test_failed_needs_a_refusal() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(2, "failed")
    assert broken(made_up) == ["failed"]
    made_up.box(2, "sms_refused", number="+491", text="o00001 hello", error="38")
    assert broken(made_up) == []


def test_a_text_that_a_kill_cut_short_may_fail() -> None:
    made_up = MadeUp().submit().state(1, "sending").air(2, "1/2 o00001")
    made_up.state(9, "unknown").state(10, "failed")
    assert broken(made_up) == ["unknown"]
    assert broken(made_up.killed(3)) == []


def test_an_answer_owes_an_end() -> None:
    assert broken(MadeUp().submit()) == ["unreported"]
    assert broken(MadeUp().submit().state(1, "sending")) == ["unreported"]


def test_on_the_air_without_a_word_is_seen() -> None:
    made_up = MadeUp().submit().air(1)
    made_up.bus.clear()
    assert broken(made_up) == ["unreported"]


def test_accepted_without_an_end_needs_a_cause() -> None:
    made_up = MadeUp().submit().state(1, "sending").state(2, "accepted")
    assert broken(made_up) == ["unreported"]
    made_up.box(3, "sms_result_lost", number="+491", text="o00001 hello")
    assert broken(made_up) == []


def test_nothing_expires_before_its_time() -> None:
    assert broken(MadeUp().submit().state(60, "expired")) == ["expired"]


def test_waiting_needs_a_reason() -> None:
    made_up = MadeUp().submit().state(1, "queued", sim="alpha-1", expires=START + 1e6)
    assert broken(made_up) == ["unreported"]
    made_up.box(2, "fault_hit", fault="result_withheld", number="+4", text="o00009")
    reason = "still queued, its line shows a withheld result as busy"
    assert apart(made_up) == {reason: 1}


def test_what_was_refused_stays_off_the_air() -> None:
    made_up = MadeUp().submit().air(1)
    made_up.bus.clear()
    assert broken(made_up.heard(0.1, "refused", number=1)) == ["invented"]


def test_a_crash_is_a_failure() -> None:
    assert broken(MadeUp().heard(1, "crash", task="link", error="boom")) == ["crash"]


def test_the_story_of_a_failure_is_told_in_order() -> None:
    evidence = MadeUp().submit().state(1, "sending").air(3).air(5).evidence()
    failure = judge(evidence).failures[0]
    told = failure.tell(evidence).splitlines()
    kinds = ("submit", "answer", "status", "sms_on_air", "sms_on_air")
    assert len(told) == len(kinds) + 1
    for line, kind in zip(told[1:], kinds, strict=True):
        assert f" {kind} " in line
