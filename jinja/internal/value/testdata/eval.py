"""Reads expressions as JSON strings, one a line, and prints for each what
Python makes of it: ["ok", repr] or ["error", class, message]."""
import json
import sys

from markupsafe import Markup

names = {"Markup": Markup}
for line in sys.stdin:
    try:
        out = ["ok", repr(eval(json.loads(line), names))]
    except Exception as e:
        msg = str(e)
        if isinstance(e, LookupError) and not isinstance(e, UnicodeError) and "encoding" not in msg and "handler" not in msg:
            msg = str(e)
        out = ["error", type(e).__name__, msg]
    print(json.dumps(out))
