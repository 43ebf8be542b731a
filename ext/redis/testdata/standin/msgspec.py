"""What Flask-Session needs of msgspec, done by Debian's msgpack and Python's json,
where msgspec itself is not installed. It spells values as msgspec does, but for
floats in JSON: 1e-05 is 0.00001 there."""

import base64
import datetime
import decimal
import json as pyjson
import math
import types
import uuid

import msgpack as packer


class DecodeError(Exception):
    pass


def plain(v):
    """A value that msgpack has no word for; a time without a zone is text."""
    if isinstance(v, datetime.datetime):
        return v.isoformat().replace("+00:00", "Z")
    if isinstance(v, (uuid.UUID, decimal.Decimal)):
        return str(v)
    raise TypeError(type(v))


class MsgpackEncoder:
    def encode(self, v):
        return packer.packb(v, datetime=True, default=plain)


class MsgpackDecoder:
    def decode(self, data):
        try:
            return packer.unpackb(data, timestamp=3, strict_map_key=False)
        except Exception as e:
            raise DecodeError(str(e)) from e


def spelled(v):
    if isinstance(v, float) and not math.isfinite(v):
        return None
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    if isinstance(v, (list, tuple)):
        return [spelled(item) for item in v]
    if isinstance(v, dict):
        return {key: spelled(item) for key, item in v.items()}
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    return plain(v)


class JSONEncoder:
    def encode(self, v):
        return pyjson.dumps(spelled(v), ensure_ascii=False, separators=(",", ":")).encode()


class JSONDecoder:
    def decode(self, data):
        def refuse(name):
            raise ValueError(name)

        try:
            return pyjson.loads(data.decode(), parse_constant=refuse)
        except ValueError as e:
            raise DecodeError(str(e)) from e


msgpack = types.SimpleNamespace(Encoder=MsgpackEncoder, Decoder=MsgpackDecoder)
json = types.SimpleNamespace(Encoder=JSONEncoder, Decoder=JSONDecoder)
