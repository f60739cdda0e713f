"""Did a peer keep its word? What its clients were told beside what it has stored in the end.

Every request was made by an owner of its own, and asked for three seats. So three things can be
wrong: a seat was given to two owners; a seat was given to somebody and is not stored as theirs; a
seat is stored as somebody's to whom it was never given (a part of a lock that was refused).
"""


def problems(acknowledged, stored):
    """`acknowledged`: (seats, owner) of each lock that a client was told it has; `stored`: (seat,
    owner) of each lock that the peer has. Returns sentences; none: all is well."""
    found = []
    given = {}
    for seats, owner in acknowledged:
        for seat in seats:
            other = given.setdefault(seat, owner)
            if other != owner:
                found.append(f"seat {seat} was given to {other} and to {owner}")
    kept = {}
    for seat, owner in stored:
        other = kept.setdefault(seat, owner)
        if other != owner:
            found.append(f"seat {seat} is stored as {other}'s and as {owner}'s")
    for seat, owner in given.items():
        if seat not in kept:
            found.append(f"seat {seat} was given to {owner} and is not stored")
        elif kept[seat] != owner:
            found.append(f"seat {seat} was given to {owner} and is stored as {kept[seat]}'s")
    for seat, owner in kept.items():
        if seat not in given:
            found.append(f"seat {seat} is stored as {owner}'s, who was not given it")
    return found


def acknowledged_in(lines):
    """Of what peer_client wrote: show, three seats and owner a line."""
    for line in lines:
        _, first, second, third, owner = line.split()
        yield (int(first), int(second), int(third)), owner
