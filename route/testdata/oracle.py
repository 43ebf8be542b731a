"""Answers routing questions with Werkzeug, for TestDifferential.

Reads a JSON list of rule sets from standard input and writes, for each, the
list of answers to its questions, as text in the form that the test prints.
"""

import json
import sys
import uuid
from urllib.parse import quote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import (
    BaseConverter,
    BuildError,
    Map,
    RequestRedirect,
    Rule,
    UUIDConverter,
    ValidationError,
    WebsocketMismatch,
)
from werkzeug.urls import iri_to_uri


class Word(BaseConverter):
    regex = "[a-c]+"

    def to_python(self, value):
        if value == "cab":
            raise ValidationError
        return value

    def to_url(self, value):
        if value == "bac":
            raise ValidationError
        return super().to_url(value)


class Pair(BaseConverter):
    regex = "[a-z1]+/[a-z]+"
    weight = 150


class Regex(BaseConverter):
    def __init__(self, map, regex):
        super().__init__(map)
        self.regex = regex


class QuotedUUID(UUIDConverter):
    """Werkzeug does not quote what is no UUID; package route does."""

    def to_url(self, value):
        return BaseConverter.to_url(self, value)


def show(value):
    if isinstance(value, str):
        return '"' + value.replace("\n", "\\n") + '"'
    if isinstance(value, uuid.UUID):
        return f"uuid:{value}"
    return repr(value)


def location(url):
    url = iri_to_uri(url)
    for scheme in "http", "https", "ws", "wss":
        prefix = f"{scheme}://{current_host}/"
        if url.startswith(prefix):
            return url[len(prefix) - 1 :]
    return url


def match(adapter, q):
    try:
        endpoint, values = adapter.match(q["path"], q["method"], query_args=q["query"])
    except NotFound:
        return "404"
    except MethodNotAllowed as e:
        return "405 " + ",".join(sorted(e.valid_methods))
    except WebsocketMismatch:
        return "400"
    except RequestRedirect as e:
        if location(e.new_url).partition("?")[0] == quote(q["root"] + "/" + q["path"].lstrip("/"), safe="!$&'()*+,/:;=@"):
            return "error: redirect to itself"
        return "308 " + location(e.new_url)
    except (BuildError, KeyError, TypeError, ValueError) as e:
        return f"error: {e}"
    return endpoint + "".join(f" {k}={show(v)}" for k, v in values.items())


def build(adapter, q):
    values = {v["Name"]: v["Value"] for v in q["values"] or []}
    try:
        return adapter.build(
            q["endpoint"],
            values,
            method=q["method"] or None,
            force_external=q["external"],
        )
    except BuildError as e:
        return str(e)
    except (TypeError, ValueError, OverflowError):
        return "refused"


def bind(map, q):
    global current_host
    subdomain = None
    server = q["host"]
    if not map.host_matching:
        subdomain = q["subdomain"]
    current_host = f"{subdomain}.{server}" if subdomain else server
    scheme = q["scheme"].replace("http", "ws") if q.get("websocket") else q["scheme"]
    return map.bind(server, q["root"] or None, subdomain, scheme, q["request_method"])


answers = []
for s in json.load(sys.stdin):
    rules = []
    for r in s["rules"]:
        rules.append(
            Rule(
                r["path"],
                endpoint=r["endpoint"],
                methods=r["methods"],
                defaults=r["defaults"],
                redirect_to=r["redirect_to"] or None,
                alias=r["alias"],
                build_only=r["build_only"],
                websocket=r["websocket"],
                subdomain=r["subdomain"] or None,
                host=r["host"] or None,
                strict_slashes=False if r["loose"] else None,
                merge_slashes=False if r["keep"] else None,
            )
        )
    map = Map(
        rules,
        strict_slashes=not s["loose"],
        merge_slashes=not s["keep"],
        redirect_defaults=not s["no_redirect_defaults"],
        host_matching=s["host_matching"],
        converters={"word": Word, "pair": Pair, "regex": Regex, "uuid": QuotedUUID},
    )
    answers.append([(match if "path" in q else build)(bind(map, q), q) for q in s["questions"]])
json.dump(answers, sys.stdout)
