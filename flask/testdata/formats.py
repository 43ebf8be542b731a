"""Makes values, hands them over as the originals spell them, and checks what comes
back. Lines of JSON go out; lines of JSON come in."""

import datetime
import json
import pickle
import random
import struct
import sys
import uuid

import flask
import flask.sessions
import itsdangerous
import msgpack
import werkzeug.security
from markupsafe import Markup

rnd = random.Random(int(sys.argv[1]))
count = int(sys.argv[2])

app = flask.Flask("formats")
app.secret_key = "formats key ü"


def canonical(v):
    if v is None:
        return "N"
    if isinstance(v, bool):
        return "T" if v else "F"
    if isinstance(v, Markup):
        return "m" + v.encode().hex()
    if isinstance(v, str):
        return "s" + v.encode().hex()
    if isinstance(v, int):
        return f"i{v}"
    if isinstance(v, float):
        return "f" + struct.pack(">d", v).hex()
    if isinstance(v, bytes):
        return "b" + v.hex()
    if isinstance(v, uuid.UUID):
        return "u" + v.hex
    if isinstance(v, datetime.datetime):
        return f"d{int(v.timestamp())}"
    if isinstance(v, tuple):
        return "(" + ",".join(map(canonical, v)) + ")"
    if isinstance(v, list):
        return "[" + ",".join(map(canonical, v)) + "]"
    if isinstance(v, dict):
        return "{" + ",".join(k.encode().hex() + ":" + canonical(v[k]) for k in sorted(v)) + "}"
    raise TypeError(type(v))


def text():
    pool = "abcdefgh 0123\"\\/<>&'\n\t\x01\x7fäß☃😀\u2028\u0000"
    return "".join(rnd.choice(pool) for _ in range(rnd.choice([0, 1, 3, 10, 60])))


def key():
    return rnd.choice([text(), "_user_id", " t", " d", " di", " zz", " t__"])


def value(depth, tags):
    kinds = ["none", "bool", "str", "int", "big", "float"]
    if tags:
        kinds += ["bytes", "markup", "uuid", "datetime"]
    if depth < 3:
        kinds += ["list", "dict", "one"] + (["tuple"] if tags else [])
    kind = rnd.choice(kinds)
    if kind == "none":
        return None
    if kind == "bool":
        return rnd.random() < 0.5
    if kind == "str":
        return text()
    if kind == "int":
        return rnd.randint(-10**6, 10**6)
    if kind == "big":
        return rnd.randint(-10**40, 10**40)
    if kind == "float":
        return rnd.choice([0.0, -0.0, 1.0, 1e16, 123456789.125, 1e-5, 1e-4, 5e-324, 1.7976931348623157e308,
                           rnd.random(), rnd.uniform(-1e20, 1e20), float(rnd.randint(0, 10**17))])
    if kind == "bytes":
        return rnd.randbytes(rnd.randint(0, 40))
    if kind == "markup":
        return Markup(text())
    if kind == "uuid":
        return uuid.UUID(bytes=rnd.randbytes(16))
    if kind == "datetime":
        return datetime.datetime.fromtimestamp(rnd.randint(0, 2**33), datetime.timezone.utc)
    items = [value(depth + 1, tags) for _ in range(rnd.randint(0, 4))]
    if kind == "list":
        return items
    if kind == "tuple":
        return tuple(items)
    if kind == "one":
        return {key(): value(depth + 1, tags)}
    return {key(): item for item in items}


def storable(v):
    """What a store has words for."""
    if isinstance(v, (Markup, uuid.UUID)):
        return str(v)
    if isinstance(v, int) and not isinstance(v, bool):
        return max(-2**63, min(v, 2**63 - 1))
    if isinstance(v, (list, tuple)):
        return [storable(item) for item in v]
    if isinstance(v, dict):
        return {name: storable(item) for name, item in v.items()}
    return v


def say(**line):
    print(json.dumps(line), flush=True)


def hear():
    return json.loads(sys.stdin.readline())


sessions = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
tokens = {
    "urlsafetimed": itsdangerous.URLSafeTimedSerializer("k", salt="s"),
    "urlsafe": itsdangerous.URLSafeSerializer("k", salt="s"),
    "timed": itsdangerous.TimedSerializer("k", salt="s"),
    "plain": itsdangerous.Serializer("k", salt="s"),
}
with app.app_context():
    for _ in range(count):
        v = {key(): value(0, True) for _ in range(rnd.randint(0, 5))}
        say(kind="session", token=sessions.dumps(v), canonical=canonical(v))
        back = hear()["token"]
        # Python untags a dict of one value bottom-up, so one that looks like a tag
        # inside a tag is only as good as what its own reader makes of it.
        if canonical(sessions.loads(back, max_age=60)) != canonical(sessions.loads(sessions.dumps(v))):
            say(kind="wrong", what=f"session {v!r} came back as {sessions.loads(back)!r}")

for _ in range(count):
    form = rnd.choice(list(tokens))
    v = value(0, False)
    token = tokens[form].dumps(v)
    say(kind=form, token=token, canonical=canonical(v))
    back = hear()["token"]
    if canonical(tokens[form].loads(back)) != canonical(v):
        say(kind="wrong", what=f"{form} {v!r} came back as {back!r}")
    if form in ("plain", "timed") and back.rsplit("." , 2 if form == "timed" else 1)[0] != token.rsplit(".", 2 if form == "timed" else 1)[0]:
        say(kind="wrong", what=f"{form} {v!r} is spelled {back!r}, not {token!r}")

for i in range(count):
    v = {key(): storable(value(0, True)) for _ in range(rnd.randint(0, 5))}
    say(kind="stored", token=msgpack.packb(v, datetime=True).hex(), canonical=canonical(v))
    back = msgpack.unpackb(bytes.fromhex(hear()["token"]), timestamp=3)
    if canonical(back) != canonical(v):
        say(kind="wrong", what=f"stored {v!r} came back as {back!r}")
    say(kind="pickled", token=pickle.dumps(v, [0, 2, 3, 4, 5][i % 5]).hex())
    hear()

methods = ["pbkdf2:sha256:1000", "pbkdf2:sha512:10"]
if "scrypt" in werkzeug.security.generate_password_hash.__defaults__[0]:
    methods.append("scrypt:1024:8:1")  # from Werkzeug 2.3 on
for password in ["secret", "pässwörd☃", ""]:
    for method in methods:
        say(kind="password", password=password, token=werkzeug.security.generate_password_hash(password, method), canonical=method)
        back = hear()["token"]
        if not werkzeug.security.check_password_hash(back, password) or werkzeug.security.check_password_hash(back, password + "x"):
            say(kind="wrong", what=f"password {password!r}: {back!r}")

say(kind="end")
