"""Reads requests as JSON objects, one a line, and prints what Jinja makes of
each: ["ok", output] or ["error", class, message].

The first line is the context for all of them. A request has source, and
optionally autoescape, undefined (a class of jinja2) and sandbox."""
import json
import sys

import jinja2
import jinja2.sandbox
from markupsafe import Markup

if tuple(int(n) for n in jinja2.__version__.split(".")[:3]) < (3, 1, 6):
    sys.exit("Jinja 3.1.6 is needed, this is " + jinja2.__version__)

context = json.loads(sys.stdin.readline())
context["html"] = Markup(context["html"])
environments = {}


def environment(autoescape, undefined, sandbox):
    key = (autoescape, undefined, sandbox)
    if key not in environments:
        cls = jinja2.sandbox.SandboxedEnvironment if sandbox else jinja2.Environment
        environments[key] = cls(autoescape=autoescape, undefined=getattr(jinja2, undefined or "Undefined"))
    return environments[key]


for line in sys.stdin:
    req = json.loads(line)
    env = environment(req.get("autoescape", False), req.get("undefined"), req.get("sandbox"))
    try:
        out = ["ok", env.from_string(req["source"]).render(json.loads(json.dumps(context)) | {"html": context["html"]})]
    except Exception as e:
        out = ["error", type(e).__name__, str(e)]
    print(json.dumps(out))
