"""The payment gateway: signs callbacks as Standard Webhooks prescribes."""

import base64
import hashlib
import hmac
import time
import uuid

SECRET = base64.b64encode(bytes(range(32))).decode()
WEBHOOK_SECRET = f"whsec_{SECRET}"


def signed_headers(signed, *, secret=SECRET, age_s=0, message_id=None):
    """The header fields of a callback that is sent with the bytes `signed`."""
    message_id = message_id or f"msg_{uuid.uuid4().hex}"
    sent_at = str(int(time.time()) - age_s)
    text = f"{message_id}.{sent_at}.".encode() + signed
    digest = hmac.new(base64.b64decode(secret), text, hashlib.sha256).digest()
    return {"webhook-id": message_id, "webhook-timestamp": sent_at,
            "webhook-signature": "v1," + base64.b64encode(digest).decode()}
