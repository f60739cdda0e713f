"""Users: registration, login, tokens, one's own data and bookings."""

import time
import unittest
import uuid

from support.case import BOOKING, TOKEN, USER, ServerCase
from support.cinema import PASSWORD, new_email
from support.tokens import base64url, claims_of, signed_token, token_of


class Registration(ServerCase):
    def test_a_new_user_gets_a_token(self):
        email = new_email()
        token = self.ok(self.client.register(email))
        self.has_shape(token, TOKEN)
        self.assertEqual(token["token_type"], "bearer")
        self.has_shape(token["user"], USER)
        self.assertEqual((token["user"]["email"], token["user"]["first_name"],
                          token["user"]["last_name"]), (email, "Ada", "Lovelace"))
        self.is_timestamp(token["user"]["created_at"])

    def test_an_address_can_be_registered_once_in_whatever_case(self):
        name = uuid.uuid4().hex
        self.ok(self.client.register(f"Case.{name}@example.com"))
        for email in (f"Case.{name}@example.com", f"case.{name}@example.com",
                      f"CASE.{name.upper()}@EXAMPLE.COM"):
            self.refused(self.client.register(email), 400, "Email already registered")

    def test_the_local_part_keeps_its_case_and_the_domain_is_lower_cased(self):
        name = f"Grace.{uuid.uuid4().hex}"
        user = self.ok(self.client.register(f"{name}@Example.COM"))["user"]
        self.assertEqual(user["email"], f"{name}@example.com")

    def test_a_malformed_address_is_a_value_error(self):
        for email in ("nonsense", "@example.com", "a@", "a b@example.com", "a@@example.com", ""):
            answer = self.client.register(email or " ")
            self.invalid(answer, ("value_error", ["body", "email"], ..., email or " "))
            self.assertTrue(answer.json["detail"][0]["msg"].startswith(
                "value is not a valid email address: "), answer)

    def test_missing_members_are_reported_in_field_order(self):
        self.invalid(self.client.post("/api/users/register", {"password": 5}),
                     ("missing", ["body", "email"], "Field required", {"password": 5}),
                     ("string_type", ["body", "password"], "Input should be a valid string", 5),
                     ("missing", ["body", "first_name"], "Field required", {"password": 5}),
                     ("missing", ["body", "last_name"], "Field required", {"password": 5}))

    def test_a_refused_password_is_not_told_again(self):
        hidden = {"email": "x", "password": "**********"}
        self.invalid(self.client.post("/api/users/register", {"email": "x", "password": "short"}),
                     ("value_error", ["body", "email"], ..., "x"),
                     ("string_too_short", ["body", "password"], ..., "**********"),
                     ("missing", ["body", "first_name"], "Field required", hidden),
                     ("missing", ["body", "last_name"], "Field required", hidden))
        token = self.client.new_user().token
        self.invalid(self.client.put("/api/users/me", {"password": "short"}, token=token),
                     ("string_too_short", ["body", "password"], ..., "**********"))

    def test_a_role_cannot_be_asked_for(self):
        body = {"email": new_email(), "password": PASSWORD, "first_name": "A", "last_name": "B",
                "role": "admin", "is_admin": True, "id": 1}
        user = self.ok(self.client.post("/api/users/register", body))
        self.assertNotEqual(user["user"]["id"], 1)
        self.refused(self.client.get("/api/users/1/bookings", token=user["access_token"]), 403,
                     "Not authorized to access these bookings")

    def test_neither_password_nor_hash_is_ever_shown(self):
        answer = self.client.register()
        me = self.client.get("/api/users/me", token=answer.json["access_token"])
        for text in (answer.text, me.text):
            self.assertNotIn("argon2", text)
            self.assertNotIn(PASSWORD, text)


class Login(ServerCase):
    def test_login_answers_like_registration(self):
        user = self.client.new_user()
        token = self.ok(self.client.login(user.email))
        self.has_shape(token, TOKEN)
        self.assertEqual(token["user"], user.json)

    def test_the_demo_user_can_log_in(self):
        token = self.ok(self.client.login("test@example.com", "password123"))
        self.assertEqual((token["user"]["id"], token["user"]["first_name"],
                          token["user"]["last_name"]), (1, "John", "Doe"))

    def test_the_address_may_come_in_another_case(self):
        user = self.client.new_user()
        self.ok(self.client.login(user.email.upper()))

    def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(self):
        user = self.client.new_user()
        wrong = self.client.login(user.email, "not the password")
        unknown = self.client.login(new_email())
        for answer in (wrong, unknown):
            self.refused(answer, 401, "Incorrect email or password")
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(wrong.json, unknown.json)

    def test_a_malformed_address_is_invalid(self):
        self.invalid(self.client.login("nonsense"), ("value_error", ["body", "email"], ..., ...))

    def test_a_token_says_who_and_until_when(self):
        user = self.client.new_user()
        claims = claims_of(user.token)
        self.assertEqual(claims["sub"], user.email)
        # ACCESS_TOKEN_EXPIRE_MINUTES is 30 unless it is set; the clock may have ticked since.
        self.assertAlmostEqual(claims["exp"] - time.time(), 30 * 60, delta=300)


class Tokens(ServerCase):
    def me(self, authorization):
        headers = {"Authorization": authorization} if authorization else {}
        return self.client.get("/api/users/me", headers=headers)

    def unauthorized(self, answer):
        self.refused(answer, 401, "Could not validate credentials")
        self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")

    def test_a_token_opens_ones_own_data(self):
        user = self.client.new_user()
        self.assertEqual(self.ok(self.me(f"Bearer {user.token}")), user.json)

    def test_the_scheme_is_case_insensitive(self):
        user = self.client.new_user()
        for scheme in ("bearer", "BEARER", "bEaReR"):
            self.ok(self.me(f"{scheme} {user.token}"))

    def test_without_a_token_one_is_not_authenticated(self):
        self.refused(self.me(None), 403, "Not authenticated")

    def test_a_token_made_elsewhere_with_the_same_key_is_as_good(self):
        user = self.client.new_user()
        token = signed_token({"sub": user.email, "exp": int(time.time()) + 600})
        self.assertEqual(self.ok(self.me(f"Bearer {token}")), user.json)

    def test_broken_foreign_expired_and_unsigned_tokens_are_refused(self):
        user = self.client.new_user()
        good = {"sub": user.email, "exp": int(time.time()) + 600}
        header, claims, signature = signed_token(good).split(".")
        none = base64url(b'{"alg":"none","typ":"JWT"}')
        flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
        for name, token in {
                "nonsense": "nonsense", "three parts of nonsense": "a.b.c", "long": "x" * 5000,
                "another key": signed_token(good, key="another key that is as long as needed"),
                "expired": signed_token(good | {"exp": int(time.time()) - 3600}),
                "no subject": signed_token({"exp": good["exp"]}),
                "unknown user": signed_token(good | {"sub": new_email()}),
                "other algorithm": signed_token(good, algorithm="HS512"),
                "no algorithm": f"{none}.{claims}.", "no signature": f"{header}.{claims}.",
                "flipped signature": f"{header}.{claims}.{flipped}",
                "padded": f"{header}.{claims}.{signature}="}.items():
            with self.subTest(name):
                self.unauthorized(self.me(f"Bearer {token}"))

    def test_tokens_with_another_meaning_are_refused_though_their_signature_holds(self):
        user = self.client.new_user()
        header = {"alg": "HS256", "typ": "JWT"}
        claims = {"sub": user.email, "exp": int(time.time()) + 600}
        written = f'"sub":"{user.email}","exp":{claims["exp"]}'
        self.ok(self.me(f"Bearer {token_of(header, claims)}"))
        for name, (head, body) in {
                "a key of its own": (header | {"jwk": {"kty": "oct", "k": "AA"}}, claims),
                "a key elsewhere": (header | {"jku": "https://example.com/keys"}, claims),
                "a key by name": (header | {"kid": "../../dev/null"}, claims),
                "critical": (header | {"crit": ["exp"]}, claims),
                "compressed": (header | {"zip": "DEF"}, claims),
                "another type": (header | {"typ": "at+jwt"}, claims),
                "alg twice": (b'{"alg":"HS256","alg":"none"}', claims),
                "alg twice, once escaped": (b'{"alg":"HS256","\\u0061lg":"none"}', claims),
                "another issuer": (header, claims | {"iss": "https://accounts.example.com"}),
                "for somebody else": (header, claims | {"aud": "another service"}),
                "a claim unknown": (header, claims | {"scope": "read"}),
                "a role": (header, claims | {"role": "admin"}),
                "sub twice": (header, f'{{{written},"sub":"{user.email}"}}'.encode()),
                "a zero after sub": (header, claims | {"sub": user.email + "\0"}),
                "no exp": (header, {"sub": user.email}),
                "exp a string": (header, claims | {"exp": str(claims["exp"])}),
                "exp a float": (header, claims | {"exp": claims["exp"] + 0.5}),
                "exp in ten years": (header, claims | {"exp": claims["exp"] + 10 * 365 * 86400}),
                "not valid yet": (header, claims | {"nbf": claims["exp"] - 60}),
                "half a surrogate": (header, f'{{{written},"jti":"\\ud800"}}'.encode()),
                "too deep": (header, f'{{{written},"a":{"[" * 1100}{"]" * 1100}}}'.encode()),
                "too large": (header, claims | {"jti": "x" * 4096})}.items():
            with self.subTest(name):
                self.unauthorized(self.me(f"Bearer {token_of(head, body)}"))

    def test_a_bad_token_on_an_open_endpoint_is_ignored(self):
        self.ok(self.client.get("/api/movies", token="nonsense"))
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:1], "a", token="nonsense"))


class OwnData(ServerCase):
    def test_names_can_be_changed(self):
        user = self.client.new_user()
        changed = self.ok(self.client.put("/api/users/me", {"first_name": "Augusta"},
                                          token=user.token))
        self.has_shape(changed, USER)
        self.assertEqual(changed, user.json | {"first_name": "Augusta"})
        self.assertEqual(self.ok(self.client.get("/api/users/me", token=user.token)), changed)

    def test_a_new_password_replaces_the_old_one(self):
        user = self.client.new_user()
        self.ok(self.client.put("/api/users/me", {"password": "another password"},
                                token=user.token))
        self.refused(self.client.login(user.email), 401, "Incorrect email or password")
        self.ok(self.client.login(user.email, "another password"))

    def test_changes_need_a_token_and_sense(self):
        self.refused(self.client.put("/api/users/me", {}), 403, "Not authenticated")
        self.refused(self.client.put("/api/users/me", {}, token="x"), 401,
                     "Could not validate credentials")
        user = self.client.new_user()
        self.invalid(self.client.put("/api/users/me", {"last_name": 5}, token=user.token),
                     ("string_type", ["body", "last_name"], ..., 5))

    def test_ones_own_bookings_come_in_the_order_of_ids(self):
        user = self.client.new_user()
        show = self.client.new_show()
        self.assertEqual(
            self.ok(self.client.get(f"/api/users/{user.id}/bookings", token=user.token)), [])
        booked = [self.ok(self.client.book(show, [seat], user.email, token=user.token))
                  for seat in show.seats[:3]]
        bookings = self.ok(self.client.get(f"/api/users/{user.id}/bookings", token=user.token))
        self.assertEqual(bookings, booked)
        for booking in bookings:
            self.has_shape(booking, BOOKING)

    def test_other_peoples_bookings_are_closed(self):
        user, other = self.client.new_user(), self.client.new_user()
        path = f"/api/users/{other.id}/bookings"
        self.refused(self.client.get(path, token=user.token), 403,
                     "Not authorized to access these bookings")
        self.refused(self.client.get(path), 403, "Not authenticated")
        self.invalid(self.client.get("/api/users/me2/bookings", token=user.token),
                     ("int_parsing", ["path", "user_id"], ..., "me2"))


if __name__ == "__main__":
    unittest.main()
