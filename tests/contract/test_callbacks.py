"""Signed payment callbacks: a message counts once, and only as it was signed; in production nothing
else makes a payment paid."""

import base64
import hashlib
import hmac
import json
import os
import unittest

from support.case import ServerCase
from support.raw import exchange
from support.gateway import KEY, SECRET, new_id, signature, signed

CONFIRM = "/api/payments/confirm"
MOCK = "/api/payments/mock-callback"


class Callbacks(ServerCase):
    env = {"PROFILE": "production", "WEBHOOK_SECRET": SECRET,
           "METRICS_TOKEN": "a-token-for-the-monitor"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.server.client()
        cls.admin, cls.ada = client.new_user(), client.new_user()
        client.close()
        cls.promote(cls.admin)
        admin = cls.server.client(cls.admin.token)
        cls.show = admin.new_show(total_seats=100)
        admin.close()
        cls.free = iter(cls.show.seats)

    def setUp(self):
        super().setUp()
        self.booking, self.payment = self.pending()
        self.result = self.says(self.payment, "success")

    def pending(self):
        """A booking of one seat, by a user of its own, and its payment."""
        user = self.client.new_user()
        booking, payment = self.client.new_payment(
            self.show, [next(self.free)], user.email, token=user.token)
        booking["token"] = user.token
        return booking, payment

    @staticmethod
    def says(payment, status):
        return json.dumps({"transaction_id": payment["transaction_id"], "status": status}).encode()

    def send(self, raw, headers, path=CONFIRM):
        return self.client.post(path, raw, headers=headers)

    def status(self, booking=None):
        booking = booking or self.booking
        return self.ok(self.client.booking(booking["id"], token=booking["token"]))["status"]

    def last_position(self):
        return self.server.log()[-1]["seq"]

    def replayed(self, answer, first):
        self.assertTrue(answer.replayed, answer)
        self.assertEqual((answer.status, answer.body, answer.event_seq),
                         (first.status, first.body, first.event_seq))

    def reused(self, answer):
        self.assertEqual(answer.status, 422, answer)
        self.assertEqual(answer.json["detail"], [{
            "type": "idempotency_key_reused", "loc": ["header", "webhook-id"],
            "msg": "webhook-id was used with a different request"}])


class AMessage(Callbacks):
    def test_that_comes_again_gets_the_first_answer_and_does_nothing(self):
        headers = signed(self.result)
        first = self.send(self.result, headers)
        self.assertEqual(self.ok(first)["status"], "success")
        self.assertFalse(first.replayed)
        before = self.last_position()
        for _ in range(3):
            self.replayed(self.send(self.result, headers), first)
        self.assertEqual(self.last_position(), before)

    def test_is_the_same_when_it_is_signed_again_later(self):
        message = new_id()
        first = self.send(self.result, signed(self.result, message, age_s=200))
        self.assertEqual(self.ok(first)["status"], "success")
        self.replayed(self.send(self.result, signed(self.result, message)), first)

    def test_with_the_id_of_another_one_is_refused_and_has_no_effect(self):
        failed = self.says(self.payment, "failed")
        other_booking, other = self.pending()
        message = new_id()
        self.ok(self.send(failed, signed(failed, message)))
        for raw in (self.result, self.says(other, "success"), failed + b" "):
            self.reused(self.send(raw, signed(raw, message)))
        self.assertEqual((self.status(), self.status(other_booking)), ("cancelled", "pending"))
        refusal = self.server.log()[-1]
        self.assertEqual((refusal["data"]["reason"], refusal["actor"]["kind"]),
                         ("idempotency_key_reused", "gateway"))
        self.assertIn(f"position {refusal['seq']}: record_payment_result refused: "
                      "idempotency_key_reused", self.server.stderr())

    def test_keeps_its_id_at_every_address(self):
        message = new_id()
        self.ok(self.send(self.result, signed(self.result, message)))
        query = f"transaction_id={self.payment['transaction_id']}&status=success"
        self.reused(self.client.post(f"{MOCK}?{query}", headers=signed(query.encode(), message)))

    def test_without_a_body_is_its_query_and_draws_once(self):
        query = f"transaction_id={self.payment['transaction_id']}"
        headers = signed(query.encode())
        first = self.client.post(f"{MOCK}?{query}", headers=headers)
        self.ok(first)
        self.replayed(self.client.post(f"{MOCK}?{query}", headers=headers), first)

    def test_that_was_refused_stays_refused(self):
        unknown = self.says({"transaction_id": "9d2c1e40-0000-4000-8000-000000000001"}, "success")
        headers = signed(unknown)
        first = self.refused(self.send(unknown, headers), 404, "Payment not found")
        self.assertIn(f"position {first.event_seq}: record_payment_result refused: "
                      "payment_not_found", self.server.stderr())
        self.replayed(self.send(unknown, headers), first)

    def test_that_is_invalid_uses_no_id_up(self):
        message = new_id()
        self.assertEqual(self.send(b"{", signed(b"{", message)).status, 422)
        self.assertEqual(self.ok(self.send(self.result, signed(self.result, message)))["status"],
                         "success")

    def test_has_its_id_as_its_key_whatever_idempotency_key_comes_with_it(self):
        other_booking, other = self.pending()
        headers = signed(self.result)
        first = self.send(self.result, headers | {"Idempotency-Key": "one"})
        self.ok(first)
        for key in ("two", "", "not a key"):
            self.replayed(self.send(self.result, headers | {"Idempotency-Key": key}), first)
        self.replayed(self.send(self.result, headers), first)
        raw = self.says(other, "success")
        second = self.send(raw, signed(raw) | {"Idempotency-Key": "one"})
        self.assertFalse(second.replayed)
        self.assertEqual(self.status(other_booking), "confirmed")

    def test_is_remembered_after_a_restart_and_a_crash(self):
        headers = signed(self.result)
        first = self.send(self.result, headers)
        self.ok(first)
        for end in (self.server.stop, self.server.kill):
            end()
            self.server.start()
            self.connect()
            self.replayed(self.send(self.result, headers), first)
            failed = self.says(self.payment, "failed")
            self.reused(self.send(failed, signed(failed, headers["webhook-id"])))
        self.assertEqual(self.status(), "confirmed")

    def test_counts_when_one_of_its_signatures_is_right(self):
        headers = signed(self.result)
        right = headers["webhook-signature"]
        wrong = signature("x", "1", b"", os.urandom(32))
        headers["webhook-signature"] = f"v2,AAAA {wrong} v1a,BBBB {right}"
        self.assertEqual(self.ok(self.send(self.result, headers))["status"], "success")

    def chunked(self, headers, raw):
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        [answer] = exchange(self.server.address, (
            f"POST {CONFIRM} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{head}"
            "Transfer-Encoding: chunked\r\n\r\n").encode() + raw)
        return answer

    def test_in_chunks_is_signed_without_its_framing(self):
        half = len(self.result) // 2
        framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (
            self.result[:half], self.result[half:], b""))
        answer = self.chunked(signed(framed), framed)
        self.assertEqual(answer.status, 401, answer)
        self.assertEqual(self.status(), "pending")
        answer = self.chunked(signed(self.result), framed)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.status(), "confirmed")


class Attacks(Callbacks):
    def attacks(self):
        """What an eavesdropper or a forger can send: (name, raw bytes, headers, query)."""
        raw, good = self.result, signed(self.result)
        message, sent_at = good["webhook-id"], good["webhook-timestamp"]
        sealed = good["webhook-signature"]
        mac = base64.b64decode(sealed[3:])

        def but(**changes):
            changed = dict(good)
            for name, value in changes.items():
                changed.pop("webhook-" + name)
                if value is not None:
                    changed["webhook-" + name] = value
            return changed

        def over(signed_bytes):
            digest = hmac.new(KEY, signed_bytes, hashlib.sha256).digest()
            return "v1," + base64.b64encode(digest).decode()

        failed = self.says(self.payment, "failed")
        transaction = self.payment["transaction_id"]
        return [
            ("no signature at all", raw, {}, ""),
            ("another key", raw, signed(raw, key=os.urandom(32)), ""),
            ("an empty key", raw, signed(raw, key=b""), ""),
            ("old", raw, signed(raw, age_s=303), ""),
            ("very old", raw, signed(raw, age_s=10**6), ""),
            ("from the future", raw, signed(raw, age_s=-400), ""),
            ("another body", failed, good, ""),
            ("re-serialised", json.dumps(json.loads(raw), separators=(",", ":")).encode(), good,
             ""),
            ("a byte more", raw + b"\n", good, ""),
            ("a byte less", raw[:-1], good, ""),
            ("no body", b"", good, ""),
            ("a query added", raw, good, f"?transaction_id={transaction}&status=success"),
            ("an empty parameter added", raw, good, "?a"),
            ("another id", raw, but(id=new_id()), ""),
            ("an id in capitals", raw, but(id=message.upper()), ""),
            ("no id", raw, but(id=None), ""),
            ("an empty id", raw, but(id="", signature=over(b"." + sent_at.encode() + b"." + raw)),
             ""),
            ("an id with a full stop", raw, but(
                id=message + "." + sent_at, timestamp=sent_at,
                signature=signature(f"{message}.{sent_at}", sent_at, raw)), ""),
            ("another time", raw, but(timestamp=str(int(sent_at) - 1)), ""),
            ("no time", raw, but(timestamp=None), ""),
            ("a time with a sign", raw, but(timestamp="+" + sent_at,
                                            signature=signature(message, "+" + sent_at, raw)), ""),
            ("a time with a fraction", raw, but(
                timestamp=sent_at + ".0", signature=signature(message, sent_at + ".0", raw)), ""),
            ("milliseconds", raw, but(timestamp=sent_at + "000",
                                      signature=signature(message, sent_at + "000", raw)), ""),
            ("an empty signature", raw, but(signature=""), ""),
            ("a version without a signature", raw, but(signature="v1,"), ""),
            ("another version", raw, but(signature="v2," + sealed[3:]), ""),
            ("no version", raw, but(signature=sealed[3:]), ""),
            ("a version in capitals", raw, but(signature="V1," + sealed[3:]), ""),
            ("hexadecimal", raw, but(signature="v1," + mac.hex()), ""),
            ("base64url", raw, but(
                signature="v1," + base64.urlsafe_b64encode(mac).decode().rstrip("=")), ""),
            ("half a signature", raw, but(
                signature="v1," + base64.b64encode(mac[:16]).decode()), ""),
            ("a longer signature", raw, but(
                signature="v1," + base64.b64encode(mac + b"\0").decode()), ""),
            ("signatures joined by a comma", raw, but(signature="v2,AAAA," + sealed), ""),
            ("signed body only", raw, but(signature=over(raw)), ""),
            ("signed without the id", raw, but(
                signature=over(sent_at.encode() + b"." + raw)), ""),
            ("signed with the address", raw, but(
                signature=signature(message, sent_at, CONFIRM.encode() + raw)), ""),
        ]

    def test_are_not_authorized_and_have_no_effect(self):
        before = self.last_position()
        for name, raw, headers, query in self.attacks():
            with self.subTest(name):
                answer = self.client.post(CONFIRM + query, raw, headers=headers)
                self.refused(answer, 401, "Signature is missing or not valid")
        self.assertEqual(self.last_position(), before)
        self.assertEqual(self.status(), "pending")
        self.ok(self.send(self.result, signed(self.result)))  # what was attacked does work

    def test_cannot_put_one_result_beside_the_signature_of_another(self):
        failed = self.says(self.payment, "failed")
        query = f"transaction_id={self.payment['transaction_id']}&status=success"
        for name, over in {"of the body": failed, "of the query": query.encode()}.items():
            with self.subTest(name):
                answer = self.client.post(f"{MOCK}?{query}", failed, headers=signed(over))
                self.refused(answer, 401, "Signature is missing or not valid")
        self.assertEqual(self.status(), "pending")

    def test_learn_nothing_about_what_is_malformed(self):
        answer = self.client.post(CONFIRM, {"transaction_id": 5})
        self.refused(answer, 401, "Signature is missing or not valid")

    def test_nobodys_token_makes_a_payment_paid(self):
        transaction = self.payment["transaction_id"]
        before = self.last_position()
        for name, token in {"none": None, "the owner's": self.booking["token"],
                            "another user's": self.ada.token, "an admin's": self.admin.token,
                            "the monitor's": self.env["METRICS_TOKEN"],
                            "nobody's": "nonsense"}.items():
            for status in ("success", "failed"):
                with self.subTest(token=name, status=status):
                    for answer in (self.client.confirm(transaction, status, token=token),
                                   self.client.callback(transaction, status, token=token),
                                   self.client.callback(transaction, token=token)):
                        self.refused(answer, 401, "Signature is missing or not valid")
        self.assertEqual(self.last_position(), before)
        self.assertEqual(self.status(), "pending")


if __name__ == "__main__":
    unittest.main()
