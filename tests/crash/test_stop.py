"""SIGTERM: requests in flight are answered whole or their connection is closed between answers, and
the program ends with exit code 0.
"""

import signal
import socket
import unittest

import test_kill
from support.case import ServerCase


class StopUnderLoad(test_kill.Kill):
    """The same rounds as for kill -9, with an orderly end."""

    rounds = 2

    def interrupt(self):
        self.server.stop()  # demands exit code 0

    def check_interruptions(self, load):
        super().check_interruptions(load)
        self.assertEqual(load.torn_answers(), [])


class StopWhenIdle(ServerCase):
    def test_idle_connections_and_half_requests_do_not_hold_it_up(self):
        self.assertEqual(self.client.get("/health").status, 200)  # and the connection stays open
        with socket.create_connection(self.server.address) as half:
            half.sendall(b"POST /api/seats/lock HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
            self.server.stop()
        self.server.start()

    def test_it_stops_on_ctrl_c_as_well(self):
        self.server.process.send_signal(signal.SIGINT)
        self.server.wait_stopped()
        self.server.start()


if __name__ == "__main__":
    unittest.main()
