"""A real browser without a window, driven over the DevTools protocol: Chromium's pipe, messages of
JSON with a NUL behind each."""

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

# Only ends a hopeless wait.
WAIT_LIMIT_S = 120


def find():
    """The browser's path; None when there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="boxoffice-browser-")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        command = (f'exec 3<&{to_browser} 4>&{from_browser}; '
                   'exec "$0" --headless=new --remote-debugging-pipe --no-first-run --no-sandbox '
                   '--disable-gpu --disable-dev-shm-usage --disable-background-networking '
                   f'--window-size=1280,1000 --user-data-dir="{self.profile}" about:blank')
        self.process = subprocess.Popen(["bash", "-c", command, find()],
                                        pass_fds=(to_browser, from_browser),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._numbers = itertools.count(1)
        self._answers, self._arrived = {}, threading.Condition()
        self.events = []
        threading.Thread(target=self._read, daemon=True).start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Audits"):
            self.page(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._out)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _read(self):
        buffered = b""
        while part := os.read(self._in, 1 << 20):
            *messages, buffered = (buffered + part).split(b"\0")
            with self._arrived:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self._answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self._arrived.notify_all()
        os.close(self._in)

    def call(self, method, session=None, **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        with self._arrived:
            if not self._arrived.wait_for(lambda: number in self._answers, WAIT_LIMIT_S):
                raise AssertionError(f"the browser does not answer {method}")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def page(self, method, **params):
        return self.call(method, self.session, **params)

    # ---- A page ---------------------------------------------------------------------------------

    def open(self, url):
        with self._arrived:
            self.events.clear()
        self.page("Page.navigate", url=url)

    def evaluate(self, script):
        result = self.page("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, script):
        """Until the script gives something true; returns that."""
        limit = time.monotonic() + WAIT_LIMIT_S
        while time.monotonic() < limit:
            with contextlib.suppress(AssertionError):  # there may be no page at the moment
                if value := self.evaluate(script):
                    return value
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {script}; the page says: "
                             f"{self.evaluate('document.body.innerText')[:2000]}; "
                             f"complaints: {self.complaints()}")

    def click(self, script):
        """Clicks the element that the script gives, once it is there."""
        self.wait_for(f"!!({script})")
        self.evaluate(f"({script}).click()")

    def requests(self):
        return [event["params"]["request"]["url"] for event in list(self.events)
                if event["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """Violations of the Content-Security-Policy, errors and exceptions."""
        found = []
        for event in list(self.events):
            method, params = event["method"], event["params"]
            if method == "Audits.issueAdded":
                issue = params["issue"]
                if issue["code"] == "ContentSecurityPolicyIssue":
                    found.append(json.dumps(issue["details"]))
            elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(params["entry"]["text"])
            elif method == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"])[:500])
        return found

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.page("Page.captureScreenshot")["data"]))
