"""Signed payment callbacks, as Standard Webhooks prescribes: made by the payment gateway, or by
somebody else."""

import base64
import hashlib
import hmac
import time
import uuid

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def new_id():
    return f"msg_{uuid.uuid4().hex}"


def signature(message_id, sent_at, raw, key=KEY):
    digest = hmac.new(key, f"{message_id}.{sent_at}.".encode() + raw, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def signed(raw, message_id=None, age_s=0, key=KEY):
    """The three header fields of a message with these bytes."""
    message_id = message_id or new_id()
    sent_at = str(int(time.time()) - age_s)
    return {"webhook-id": message_id, "webhook-timestamp": sent_at,
            "webhook-signature": signature(message_id, sent_at, raw, key)}
