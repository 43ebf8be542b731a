"""Dumps the trees of Python's Jinja as dump_test.go dumps ours: JSON in, JSON out, one template a line."""

import json
import sys
from decimal import Decimal

import jinja2
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

OPTIONAL = ("none", "false", "[]", "load")
WITHOUT_LINE = (nodes.Operand, nodes.Keyword, nodes.Pair, nodes.Scope)
GETTEXT = ("gettext", "ngettext", "pgettext", "npgettext")
EXTENSIONS = {
    "do": "jinja2.ext.do",
    "loopcontrols": "jinja2.ext.loopcontrols",
    "debug": "jinja2.ext.debug",
    "i18n": "jinja2.ext.i18n",
}


def text(s):
    s = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in s)
    s = json.dumps(s, ensure_ascii=False)
    return s.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def constant(v):
    if v is None:
        return "none"
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, int):
        return str(v)
    if isinstance(v, str):
        return text(v)
    if v == float("inf"):
        return "inf"
    _, digits, exponent = Decimal(repr(v)).normalize().as_tuple()
    digits = "".join(map(str, digits))
    exponent = 0 if v == 0 else exponent + len(digits) - 1
    return digits[0] + ("." + digits[1:] if digits[1:] else "") + "e" + str(exponent)


def field(name, v):
    if isinstance(v, nodes.Node):
        return dump(v)
    if isinstance(v, (list, tuple)):
        return "[" + " ".join(field(None, x) for x in v) + "]"
    if name == "ctx":
        return v
    return constant(v)


def dump(n):
    if isinstance(n, nodes.Call) and isinstance(n.node, nodes.ExtensionAttribute):
        return "(Debug)"
    name = type(n).__name__
    if isinstance(n, nodes.Mod) and isinstance(n.left, nodes.MarkSafeIfAutoescape):
        n.right.items.sort(key=dump)
    if isinstance(n, nodes.Call) and isinstance(n.node, nodes.Name) and n.node.name in GETTEXT:
        n.kwargs.sort(key=lambda k: k.key)
    fields = [field(f, getattr(n, f)) for f in n.fields]
    if isinstance(n, nodes.Output) and fields == ["[(Debug)]"]:
        name, fields = "Debug", []
    if name != "Const":
        while fields and fields[-1] in OPTIONAL:
            fields.pop()
    if n.lineno is not None and not isinstance(n, WITHOUT_LINE):
        name += f":{n.lineno}"
    return "(" + " ".join([name] + fields) + ")"


def read(case):
    options = case["options"]
    env = jinja2.Environment(
        extensions=[EXTENSIONS[e] for e in case["extensions"]], cache_size=0, **options
    )
    if case["newstyle"]:
        env.newstyle_gettext = True
    env.policies["ext.i18n.trimmed"] = case["trimmed"]
    try:
        return {"tree": dump(env.parse(case["source"], case["name"]))}
    except TemplateSyntaxError as e:
        return {"error": e.message, "line": e.lineno, "class": type(e).__name__}
    except RecursionError:
        return {"skip": "recursion limit"}
    except (ValueError, SyntaxError) as e:  # from int() and literal_eval(): Jinja lets them through
        return {"skip": str(e)}
    except AttributeError as e:  # 3.1.2, for a statement in a required block
        return {"skip": str(e)}


if __name__ == "__main__":
    print(json.dumps({"version": jinja2.__version__}))
    for line in sys.stdin:
        print(json.dumps(read(json.loads(line))))
