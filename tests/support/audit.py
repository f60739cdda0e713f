"""The order and truth check: a whole history of calls against the model and against the log."""

from support.model import Disagreement, Model

# Where a command's answer must be found in the log: the type of the event, the member that names
# its object, and where that stands in the answer.
TRACES = {
    "lock": ("SeatsLocked", "seat_ids", lambda call: call.asked["seat_ids"]),
    "release": ("SeatsReleased", "seat_ids", lambda call: call.asked["seat_ids"]),
    "book": ("BookingCreated", "booking_id", lambda call: call.body["id"]),
    "cancel": ("BookingCancelled", "booking_id", lambda call: call.body["id"]),
    "initiate": ("PaymentInitiated", "transaction_id", lambda call: call.body["transaction_id"]),
}
# A command's last event is its position; it may have a few before that.
EVENTS_PER_COMMAND = 5


def audit(test, history, shows, log):
    """Every check there is. `test`: the unittest case; `log`: all events, from the first one."""
    positions = [event["seq"] for event in log]
    test.assertEqual(positions, list(range(positions[0], positions[0] + len(log))))
    for call in history.answered():
        test.assertLess(call.answer.status, 500, call)
        test.assertIsNotNone(call.position, call)
    check_order(history)
    check_truth(history, shows, log)
    check_log(history, log)
    check_sales(log)


def check_order(history):
    """Who was answered before another asked comes before it in the log."""
    calls = [call for call in history.answered() if not call.answer.replayed]
    by_answer = sorted(calls, key=lambda call: call.answered_at)
    latest, next_answered = None, 0
    for call in sorted(calls, key=lambda call: call.asked_at):
        while by_answer[next_answered].answered_at < call.asked_at:
            earlier = by_answer[next_answered]
            if latest is None or earlier.position > latest.position:
                latest = earlier
            next_answered += 1
        if latest and (call.position < latest.position or
                       call.position == latest.position and not call.is_read):
            raise Disagreement(f"{latest} was answered before this was asked: {call}")
    writes = [call.position for call in calls if not call.is_read]
    if len(set(writes)) != len(writes):
        raise Disagreement("two commands have one position")


def check_truth(history, shows, log):
    """The model, fed in the order of positions, gives every answer. Returns the model."""
    model = Model(shows)
    times = {event["seq"]: event["time"] for event in log}
    steps = [(call.position, call.is_read, call) for call in history.answered()]
    ours = {show.id for show in shows}
    steps += [(event["seq"], False, event) for event in log
              if event["type"] == "LockExpired" and event["data"]["show_id"] in ours
              or event["type"] == "BookingExpired"]
    for position, _, step in sorted(steps, key=lambda step: step[:2]):
        if not isinstance(step, dict):
            model.answer(step, None if step.is_read else times.get(position))
        elif step["type"] == "LockExpired":
            model.lock_expired(step["data"], step["time"])
        else:
            model.booking_expired(step["data"], step["time"])
    return model


def check_log(history, log):
    """Every answer is in the log, and nothing else is: what was never answered (and settled by a
    retry since) has happened at most once."""
    by_position = {event["seq"]: event for event in log}
    counts = dict.fromkeys((trace[0] for trace in TRACES.values()), 0)
    refusals = 0
    for call in history.answered():
        if call.is_read:
            continue
        last = by_position.get(call.position)
        if last is None:
            raise Disagreement(f"answered, but not in the log: {call}")
        if call.answer.status != 200 or call.body.get("success") is False:
            refusals += 1
            if last["type"] != "CommandRefused":
                raise Disagreement(f"a refusal without a trace: {call}; {last}")
        elif call.kind in TRACES and last["type"] != "CommandRepeated":
            event_type, member, wanted = TRACES[call.kind]
            counts[event_type] += 1
            near = [by_position[position]
                    for position in range(call.position, call.position - EVENTS_PER_COMMAND, -1)
                    if position in by_position]
            if not any(event["type"] == event_type and event["data"][member] == wanted(call)
                       for event in near):
                raise Disagreement(f"not what the log says: {call}; {near}")
    for event_type, count in counts.items():
        _check_count(event_type, count, log)
    settled = [event["data"]["transaction_id"] for event in log
               if event["type"] in ("PaymentSucceeded", "PaymentFailed")]
    if len(set(settled)) != len(settled):
        raise Disagreement("a payment has two results")
    found = sum(1 for event in log if event["type"] == "CommandRefused")
    if found != refusals:
        raise Disagreement(f"{found} refusals in the log, {refusals} answered")


def _check_count(event_type, answered, log):
    """Failed payments cancel bookings, too: those cancellations are nobody's cancel call."""
    found = sum(1 for event in log if event["type"] == event_type
                and event["data"].get("reason") != "payment_failed")
    if found != answered:
        raise Disagreement(f"{found} {event_type} in the log, {answered} answered")


def check_sales(log):
    """From the log alone: no seat is ever in two live bookings."""
    seats, holder = {}, {}
    for event in log:
        data = event["data"]
        if event["type"] == "BookingCreated":
            seats[data["booking_id"]] = data["seat_ids"]
        if event["type"] in ("BookingCreated", "BookingConfirmed"):
            for seat in seats[data["booking_id"]]:
                if holder.setdefault(seat, data["booking_id"]) != data["booking_id"]:
                    raise Disagreement(f"seat {seat} is sold twice: {event}, {holder[seat]}")
        elif event["type"] in ("BookingCancelled", "BookingExpired"):
            for seat in seats[data["booking_id"]]:
                if holder.get(seat) == data["booking_id"]:
                    del holder[seat]
    return holder
