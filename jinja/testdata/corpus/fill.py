"""Fills in what Python's Jinja2 makes of the templates in the corpus.

    python3 fill.py            rewrites the answers in all files beside this one
    python3 fill.py FILE...    rewrites the answers in these
    python3 fill.py -          reads cases as JSON objects, one a line, from standard input and prints the answers so

A file holds cases in groups, each under a line "== title":

    == pads the last row
    options: autoescape=True
    data: xs=[1, 2, 3]
    @ footer.html
    < <p>{{ xs|length }}</p>

    < {{ xs|batch(2, '-')|list }}{% include 'footer.html' %}
    > [[1, 2], [3, '-']]<p>3</p>

    < {{ xs.y.z }}
    ! UndefinedError <template>:1 'list object' has no attribute 'y'

"<" begins a line of a template, ">" one of the page, "!" an error: class, template and line, message. The lines of a text
are joined by newlines; one that cannot be shown so follows "<=" or ">=" as a JSON string. "@" before a template gives it
a name by which the cases of its group find it. "options" and "data" are Python's keyword arguments, known from here on in
the group. What stands before the first group is for all of the file. A line that begins with "#" is a comment.

The answers in the files come from Jinja 3.1.6 and MarkupSafe 3."""
import datetime
import importlib.metadata
import json
import pathlib
import re
import signal
import sys

import jinja2
import jinja2.ext
import jinja2.nativetypes
import jinja2.sandbox
from markupsafe import Markup


class Obj:
    """A Python object with attributes, as an application passes to its templates."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __repr__(self):
        return "<Obj " + ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items()) + ">"


class Html:
    """An object that says itself what it is in HTML."""

    def __init__(self, html):
        self.html = html

    def __repr__(self):
        return "<Html>"

    def __html__(self):
        return self.html


class Show:
    """A function that prints how it was called."""

    def __call__(self, *args, **kwargs):
        return "show(" + ", ".join([repr(a) for a in args] + [f"{k}={v!r}" for k, v in kwargs.items()]) + ")"

    def __repr__(self):
        return "<show>"


def numbers(n):
    """Yields numbers, once."""
    yield from range(n)


NAMES = {
    "Markup": Markup, "Obj": Obj, "Html": Html, "show": Show(), "numbers": numbers, "iter": iter, "bytes": lambda s: s.encode(),
    "set": set, "range": range, "tuple": tuple, "dict": dict, "nan": float("nan"), "inf": float("inf"),
    "date": datetime.datetime,
}

UNDEFINED = {
    "strict": jinja2.StrictUndefined, "chainable": jinja2.ChainableUndefined, "debug": jinja2.DebugUndefined,
    "default": jinja2.Undefined,
}

def keywords(text):
    """Evaluates lines of keyword arguments, of which later ones win."""
    values = {}
    for line in text.split("\n"):
        values.update(eval(f"dict({line})", dict(NAMES)))
    return values


def catalog(translations):
    """Returns gettext and its relatives over a dict. A message with a context has it before itself and a bar, and the
    translation of one with a plural is a list."""

    def get(context, message):
        return translations.get(message if context is None else f"{context}|{message}")

    def gettext(message):
        return get(None, message) or message

    def ngettext(singular, plural, n):
        forms = get(None, singular) or [singular, plural]
        return forms[0] if n == 1 else forms[1]

    def pgettext(context, message):
        return get(context, message) or message

    def npgettext(context, singular, plural, n):
        forms = get(context, singular) or [singular, plural]
        return forms[0] if n == 1 else forms[1]

    return {"gettext": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext}


def environment(options, templates):
    """Makes the environment of a case."""
    cls = jinja2.Environment
    if options.pop("native", False):
        cls = jinja2.nativetypes.NativeEnvironment
    sandbox = options.pop("sandbox", None)
    if sandbox:
        cls = jinja2.sandbox.ImmutableSandboxedEnvironment if sandbox == "immutable" else jinja2.sandbox.SandboxedEnvironment
    if options.get("autoescape") == "select":
        options["autoescape"] = jinja2.select_autoescape()
    options["undefined"] = UNDEFINED[options.get("undefined", "default")]
    options["extensions"] = ["jinja2.ext." + e for e in options.pop("ext", "").split(",") if e]
    if options.pop("finalize", False):
        options["finalize"] = lambda v: "" if v is None else v
    translations, newstyle = options.pop("catalog", {}), options.pop("newstyle", True)
    policies, names = options.pop("policies", {}), options.pop("globals", {})
    env = cls(loader=jinja2.FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None), **options)
    env.policies.update(policies)
    env.globals.update(names)
    if "jinja2.ext.i18n" in options["extensions"]:
        env.install_gettext_callables(**catalog(translations), newstyle=newstyle)
    return env


def place(error, templates):
    """Returns the innermost line of a template that an error comes from, as name:line."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name or '<template>'}:{error.lineno}"
    found, tb = "-", error.__traceback__
    while tb is not None:
        name = tb.tb_frame.f_code.co_filename
        if name == "<template>" or name in templates:
            found = f"{name}:{tb.tb_lineno}"
        tb = tb.tb_next
    return found


def render(env, source, name, data, kind):
    if kind == "expression":
        return repr(env.compile_expression(source, undefined_to_none=False)(**data))
    template = env.get_template(name) if name else env.from_string(source)
    out = template.render(data)
    return repr(out) if kind == "native" else out


class Timeout(Exception):
    pass


def expire(*_):
    raise Timeout("too slow")


def answer(case):
    """Returns {"out": …} or {"error": [class, place, message]} for a case."""
    templates = dict(case.get("templates", {}))
    options = keywords(case.get("options", ""))
    name = options.pop("name", None)
    if name:
        templates[name] = case["source"]
    kind = "native" if options.get("native") else "expression" if options.pop("expression", False) else "page"
    signal.alarm(20)
    try:
        return {"out": render(environment(options, templates), case["source"], name, keywords(case.get("data", "")), kind)}
    except Timeout:
        return {"error": ["Timeout", "-", ""]}
    except Exception as e:
        message = e.message if isinstance(e, jinja2.TemplateError) else str(e)
        return {"error": [type(e).__name__, "-" if kind == "expression" else place(e, templates), str(message)]}
    finally:
        signal.alarm(0)


def lines(mark, text):
    """Writes a text in lines that begin with mark."""
    if re.search(r"[ \t](\n|$)|[^\n -~\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff\U00010000-\U0010ffff]", text):
        return [f"{mark}= {json.dumps(text)}"]
    return [f"{mark} {line}" if line else mark for line in text.split("\n")]


def answered(case):
    said = answer(case)
    if "out" in said:
        return lines(">", said["out"])
    kind, where, message = said["error"]
    return lines("!", f"{kind} {where} {message}")


def read(mark, text):
    return "\n".join(json.loads(line[3:]) if line.startswith(mark + "= ") else line[2:] for line in text)


def fill(path):
    """Rewrites the answers of a file."""
    out, source, template = [], [], None
    outer = {"templates": {}, "options": [], "data": []}

    def finish():
        nonlocal source, template
        if source and template is not None:
            state["templates"][template] = read("<", source)
        elif source:
            case = {
                "templates": state["templates"], "source": read("<", source),
                "options": "\n".join(state["options"]), "data": "\n".join(state["data"]),
            }
            out.extend(answered(case))
        source, template = [], None

    state = outer
    text = path.read_text(encoding="utf-8")
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith("<"):
            if template is None and out and out[-1].startswith((">", "!")):
                out.append("")
            source.append(line)
            out.append(line)
            continue
        finish()
        if line.startswith((">", "!")):
            continue
        if line.startswith("== "):
            state = {"templates": dict(outer["templates"]), "options": list(outer["options"]), "data": list(outer["data"])}
        elif line.startswith("@ "):
            template = line[2:]
        elif match := re.match(r"(options|data): (.*)", line):
            state[match[1]].append(match[2])
        elif line and not line.startswith("#"):
            sys.exit(f"{path}:{n}: {line!r} is not understood")
        out.append(line)
    finish()
    filled = "\n".join(out).rstrip("\n") + "\n"
    filled = re.sub(r"\n{3,}", "\n\n", filled)
    if filled != text:
        path.write_text(filled, encoding="utf-8")
        print("filled", path)


def main():
    signal.signal(signal.SIGALRM, expire)
    versions = jinja2.__version__, importlib.metadata.version("markupsafe")
    if sys.argv[1:] == ["-"]:
        print(json.dumps(versions))
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))))
        return
    if tuple(int(n) for n in versions[0].split(".")) < (3, 1, 6) or versions[1] < "3":
        sys.exit("Jinja 3.1.6 and MarkupSafe 3 are needed, these are %s and %s" % versions)
    folder = pathlib.Path(__file__).parent
    for path in [pathlib.Path(name) for name in sys.argv[1:]] or sorted(folder.glob("*/*.txt")):
        fill(path)


if __name__ == "__main__":
    main()
