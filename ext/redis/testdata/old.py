"""A Flask application whose sessions Flask-Session keeps in Redis: it serves on a free
port, which it prints, and ends when its standard input does."""

import datetime
import os
import pickle
import random
import struct
import sys
import threading
import warnings

try:
    import msgspec  # noqa: F401
except ImportError:
    sys.path.append(os.path.join(os.path.dirname(__file__), "standin"))

warnings.simplefilter("ignore")
import flask
import flask_session
import redis
from flask import Flask, session
from werkzeug.serving import WSGIRequestHandler, make_server

app = Flask(__name__)
FORMAT = os.environ["SESSION_SERIALIZATION_FORMAT"]
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    SESSION_TYPE="redis",
    SESSION_REDIS=redis.Redis.from_url(os.environ["REDIS_URL"]),
    SESSION_KEY_PREFIX=os.environ["SESSION_KEY_PREFIX"],
    SESSION_USE_SIGNER="SESSION_USE_SIGNER" in os.environ,
    SESSION_SERIALIZATION_FORMAT=FORMAT,
)
flask_session.Session(app)


def text(rnd):
    pool = "abcdefgh 0123\"\\/<>&'\n\t\x01\x7fäß☃😀\u2028\u0000"
    return "".join(rnd.choice(pool) for _ in range(rnd.choice([0, 1, 3, 10, 60, 300])))


def key(rnd):
    return rnd.choice([text(rnd), "_user_id", " t", " d", " di", "k"])


def value(rnd, depth):
    """A value that Flask-Session itself gives back as it got it."""
    kinds = ["none", "bool", "str", "int", "big", "float"]
    if FORMAT == "msgpack":
        kinds += ["bytes", "time", "numbered"]
    if depth < 3:
        kinds += ["list", "dict"]
    kind = rnd.choice(kinds)
    if kind == "none":
        return None
    if kind == "bool":
        return rnd.random() < 0.5
    if kind == "str":
        return text(rnd)
    if kind == "int":
        return rnd.choice([rnd.randint(-40, 300), rnd.randint(-(10**6), 10**6)])
    if kind == "big":
        return rnd.randint(-(2**63), 2**63 - 1)
    if kind == "float":
        return rnd.choice([0.0, -0.0, 1.0, 1e16, 1e-5, 5e-324, 1.7976931348623157e308, rnd.random(), float(rnd.randint(0, 10**17))])
    if kind == "bytes":
        return rnd.randbytes(rnd.choice([0, 1, 40, 300]))
    if kind == "time":
        at = rnd.choice([rnd.randint(0, 2**33), rnd.randint(2**34, 2**35), -rnd.randint(1, 10**9)])
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=at, microseconds=rnd.choice([0, rnd.randrange(10**6)]))
    if kind == "numbered":
        return {str(n): text(rnd) for n in range(rnd.randint(0, 20))}
    items = [value(rnd, depth + 1) for _ in range(rnd.choice([0, 1, 2, 4, 20]))]
    if kind == "list":
        return items
    return {key(rnd): item for item in items}


def values(seed):
    rnd = random.Random(int(seed))
    return {f"v{i}": value(rnd, 0) for i in range(rnd.choice([1, 3, 20]))}


def canonical(v):
    """A value with its type, to the last bit."""
    if isinstance(v, bool) or v is None:
        return repr(v)
    if isinstance(v, float):
        return "f" + struct.pack(">d", v).hex()
    if isinstance(v, (list, tuple)):
        return "[" + ",".join(map(canonical, v)) + "]"
    if isinstance(v, dict):
        return "{" + ",".join(ascii(k) + ":" + canonical(v[k]) for k in sorted(v)) + "}"
    return type(v).__name__ + ascii(v)


@app.get("/fill/<seed>")
def fill(seed):
    session.update(values(seed))
    return "-"


@app.get("/check/<seed>")
def check(seed):
    """Says what is not as fill left it, or as a copy of that would be."""
    wrong = []
    for name, want in values(seed).items():
        for found in (name, "copy " + name):
            got = session.get(found, "nothing at all")
            if canonical(got) != canonical(want):
                wrong.append(f"{found}: {got!r}, want {want!r}")
    return "\n".join(wrong)


@app.get("/user")
def user():
    return str(session.get("user", ""))


@app.get("/login/<name>")
def login(name):
    session["user"] = name
    app.session_interface.regenerate(session)
    return "-"


@app.get("/logout")
def logout():
    session.clear()
    return "-"


@app.get("/flash")
def flash():
    flask.flash("from Flask", "note")
    return "-"


@app.get("/flashes")
def flashes():
    return repr(flask.get_flashed_messages(with_categories=True))


@app.get("/pickle")
def pickled():
    """A session as Flask-Session stored it before 0.7."""
    return pickle.dumps({"user": "ada", "_permanent": True})


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *args):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
print("PORT", server.port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
