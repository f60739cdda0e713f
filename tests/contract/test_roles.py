"""`boxoffice users promote`: roles are given and taken back on the data directory."""

import json
import unittest

from support.case import ServerCase
from support.cinema import new_email

USAGE, NOT_FOUND, UNAVAILABLE = 2, 4, 6


class Promote(ServerCase):
    env = {"PROFILE": "production"}

    def promote(self, *args):
        return self.server.command("users", "promote", *args, check=False)

    def may_see_figures(self, user):
        answer = self.client.get("/api/admin/status", token=user.token)
        self.assertIn(answer.status, (200, 403), answer)
        return answer.status == 200

    def stopped(self, *commands):
        """What the commands gave while the server was stopped."""
        self.server.stop()
        done = [self.promote(*command) for command in commands]
        self.server.start()
        self.connect()
        return done

    def test_the_first_admin_and_back_again(self):
        ada, bob = self.client.new_user(), self.client.new_user()
        self.assertFalse(self.may_see_figures(ada))
        self.assertEqual([done.returncode for done in self.stopped([ada.email.upper()])], [0])
        self.assertTrue(self.may_see_figures(ada), "with the token of before")
        self.assertFalse(self.may_see_figures(bob))
        again, demoted = self.stopped([ada.email, "--role", "admin"],
                                      [ada.email, "--role", "user"])
        self.assertIn("already", again.stdout)
        self.assertEqual(demoted.returncode, 0, demoted.stderr)
        self.assertFalse(self.may_see_figures(ada), "with the token of before")
        roles = [event for event in self.server.log() if event["type"] == "UserRoleChanged"]
        mine = [event["data"]["role"] for event in roles if event["data"]["user_id"] == ada.id]
        self.assertEqual(mine, ["admin", "user"])

    def test_what_is_wrong_is_said(self):
        user = self.client.new_user()
        busy = self.promote(user.email)
        unknown, king, gateway, nobody = self.stopped(
            [new_email()], [user.email, "--role", "king"], [user.email, "--role", "gateway"], [])
        for done, code, words in ((busy, UNAVAILABLE, "stop the server first"),
                                  (unknown, NOT_FOUND, "no user has the address"),
                                  (king, USAGE, "expected admin or user"),
                                  (gateway, USAGE, "WEBHOOK_SECRET"),
                                  (nobody, USAGE, "email")):
            with self.subTest(words):
                self.assertEqual(done.returncode, code, done.stderr)
                *talk, last = done.stderr.strip().splitlines()
                self.assertIn(words, last)
                self.assertFalse([line for line in talk if json.loads(line)["level"] == "error"])
        self.assertFalse(self.may_see_figures(user))


if __name__ == "__main__":
    unittest.main()
