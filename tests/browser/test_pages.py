"""/docs and /redoc in a real browser: they work with nothing but this server, under their policy."""

import os
import pathlib
import sys
import unittest

from support import browser
from support.case import ServerCase

WEB = pathlib.Path(__file__).resolve().parents[2] / "build" / "web"
SKIPPED = 77  # as ctest knows it
# Where to leave pictures of the pages; nowhere by default.
SCREENSHOTS = os.environ.get("SCREENSHOTS")


def why_not():
    if browser.find() is None:
        return "no Chromium is installed (make browser installs it)"
    if not (WEB / "docs" / "docs.html").exists():
        return "the pages are not built (make browser builds them)"
    return None


class Pages(ServerCase):
    env = {"WEB_DIR": str(WEB)}

    def setUp(self):
        super().setUp()
        self.browser = browser.Browser()
        self.addCleanup(self.browser.__exit__)

    def picture(self, name):
        if SCREENSHOTS:
            self.browser.screenshot(pathlib.Path(SCREENSHOTS) / f"{name}.png")

    def is_self_contained(self):
        """Nothing was asked of anybody else, and nothing was refused."""
        for url in self.browser.requests():
            self.assertTrue(url.startswith((self.server.url + "/", "data:", "blob:")), url)
        self.assertEqual(self.browser.complaints(), [])

    def operations(self):
        spec = self.client.get("/openapi.json").json
        return [one for item in spec["paths"].values() for one in item.values()]

    def test_swagger_ui_shows_every_operation_and_tries_one_out(self):
        b = self.browser
        b.open(self.server.url + "/docs")
        wanted = len(self.operations())
        b.wait_for(f"document.querySelectorAll('.opblock').length === {wanted}")
        self.picture("docs")
        get_movie = "document.querySelector('#operations-movies-get_movie_api_movies__movie_id__get "
        b.click(get_movie + ".opblock-summary-control')")
        b.click(get_movie + ".try-out__btn')")
        b.click(get_movie + ".execute')")
        shown = b.wait_for(f"({get_movie}.live-responses-table .highlight-code code') || {{}}).innerText")
        self.assertIn("Avengers: Endgame", shown)
        self.assertIn(self.server.url + "/api/movies/1", b.requests())
        self.picture("docs-tried-out")
        self.is_self_contained()

    def test_redoc_shows_every_operation_and_finds_one(self):
        b = self.browser
        b.open(self.server.url + "/redoc")
        wanted = [one["summary"] for one in self.operations()]
        b.wait_for("document.querySelectorAll('h2').length > 10")
        text = b.wait_for("document.querySelector('.api-content').innerText")
        for summary in wanted:
            self.assertIn(summary, text)
        self.picture("redoc")
        # Its menu is styled, which a policy that refuses its styles would prevent.
        self.assertEqual(b.evaluate("getComputedStyle(document.querySelector('.menu-content'))"
                                    ".position"), "sticky")
        b.evaluate("document.querySelector('input.search-input').focus()")
        b.page("Input.insertText", text="mock gateway")
        b.wait_for("[...document.querySelectorAll('[data-role=\"search:results\"] li')]"
                   ".some(one => one.innerText.includes('mock gateway'))")
        self.picture("redoc-search")
        self.is_self_contained()

    def test_pages_of_problems_show_their_text(self):
        b = self.browser
        b.open(self.server.url + "/problems")
        b.click("document.querySelector('a[href=\"/problems/movie_not_found\"]')")
        b.wait_for("document.querySelector('h1').innerText === 'Movie not found'")
        self.picture("problem")
        self.is_self_contained()

    def test_a_foreign_script_would_be_refused(self):
        """The policy is there: what it forbids is noticed by this test, too."""
        b = self.browser
        for path in ("/docs", "/redoc"):
            b.open(self.server.url + path)
            b.wait_for("document.readyState === 'complete' && location.pathname !== 'blank'")
            b.evaluate("document.head.append(Object.assign(document.createElement('script'),"
                       "{textContent: 'window.ran = 1'}))")
            b.evaluate("document.head.append(Object.assign(document.createElement('img'),"
                       "{src: 'http://127.0.0.1:9/x.png'}))")
            b.wait_for("true")
            self.assertIsNone(b.evaluate("window.ran"))
            self.assertTrue(b.complaints())


if __name__ == "__main__":
    if reason := why_not():
        print("skipped:", reason)
        sys.exit(SKIPPED)
    unittest.main()
