"""The guide's webhook handler, as it stands there, behind a web server of Python's own.

`verify_webhook_signature` is from "Authentication and Security", `handle_rcs_webhook` from "Handling
Webhooks", `handle_customer_response` from "Integration Patterns", pattern 3. What they call and the guide leaves
out is below them: it notes its calls, and prints each as a line of JSON.
"""

import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

routes = {}


class app:
    @staticmethod
    def post(path):
        def keep(handler):
            routes[path] = handler
            return handler

        return keep


# --- the guide's own words -----------------------------------------------------


def verify_webhook_signature(request):
    signature = request.headers.get('X-Signature')
    body = request.get_data()
    secret = os.getenv('RCS_WEBHOOK_SECRET')
    expected_signature = hmac.new(
        secret.encode(),
        body,
        hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(signature, expected_signature)


@app.post("/webhooks/rcs")
def handle_rcs_webhook(request):
    # Verify signature
    if not verify_webhook_signature(request):
        return 401
    # Parse payload
    body = request.json
    conversation_id = body['conversationId']
    interaction_type = body['interactionType']
    postback_data = body['action']['postbackData']
    # Log interaction
    log_rcs_interaction(conversation_id, postback_data)
    # Process based on interaction
    if interaction_type == "ACTION_TAPPED":
        if postback_data.startswith("product_"):
            product_id = postback_data.split("_")[1]
            process_product_click(conversation_id, product_id)
    return 200


@app.post("/webhooks/rcs/response")
def handle_customer_response(request):
    interaction = request.json
    customer_id = interaction['conversationId']
    user_action = interaction['action']['postbackData']
    # Process customer response
    process_customer_action(customer_id, user_action)
    # Send follow-up message
    followup = build_followup_message(customer_id, user_action)
    send_rcs_message(customer_id, followup)


# --- what they call ------------------------------------------------------------


def note(what, *arguments):
    print(json.dumps([what, *arguments]), flush=True)


def log_rcs_interaction(conversation_id, postback_data):
    note("logged", conversation_id, postback_data)


def process_product_click(conversation_id, product_id):
    note("product", conversation_id, product_id)


def process_customer_action(customer_id, user_action):
    note("action", customer_id, user_action)


def build_followup_message(customer_id, user_action):
    return {"text": f"You chose {user_action}"}


def send_rcs_message(conversation_id, message):
    note("sent", conversation_id, message)


class Request:
    def __init__(self, headers, body):
        self.headers = headers
        self.body = body

    def get_data(self):
        return self.body

    @property
    def json(self):
        return json.loads(self.body)


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = routes[self.path](Request(self.headers, body)) or 200
        note("answered", status)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Server)
    note("ready")
    server.serve_forever()
