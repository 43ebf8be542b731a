"""Reads a Flask project without running it and prints what it declares as JSON:
retort flask import. Whatever is not a constant is left to a human."""

import ast
import json
import os
import sys

SKIP = {".git", ".hg", ".tox", ".venv", "venv", "env", "node_modules", "__pycache__", "site-packages", "tests", "migrations"}
VERBS = {"get", "post", "put", "delete", "patch"}
HOOKS = {
    "before_request", "after_request", "teardown_request", "teardown_appcontext", "before_app_request",
    "after_app_request", "teardown_app_request", "errorhandler", "app_errorhandler", "context_processor",
    "app_context_processor", "url_defaults", "app_url_defaults", "url_value_preprocessor", "app_url_value_preprocessor",
    "template_filter", "app_template_filter", "template_test", "app_template_test", "template_global",
    "app_template_global", "shell_context_processor", "before_first_request", "user_loader", "request_loader",
}
SECRET = ("SECRET", "KEY", "PASSWORD", "TOKEN", "SALT", "URI", "URL", "DSN")

root = os.path.abspath(sys.argv[1])
files = {}
owners = {}  # (file, variable) of a Flask or Blueprint
out = {"blueprints": [], "views": [], "hooks": [], "imports": [], "config": [], "problems": [], "templates": [], "static": []}


def constant(node, default=None):
    try:
        return ast.literal_eval(node)
    except Exception:
        return default


def call_name(node):
    f = node.func
    return f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""


def keyword(call, name):
    for k in call.keywords:
        if k.arg == name:
            return k.value
    return None


def problem(file, node, text):
    out["problems"].append({"file": file, "line": getattr(node, "lineno", 0), "text": text})


def module_file(file, module, level):
    """The file of an imported module of the project, or None."""
    parts = module.split(".") if module else []
    if level:
        base = os.path.dirname(file).split("/") if os.path.dirname(file) else []
        base = base[: len(base) - (level - 1)] if level > 1 else base
        tries = ["/".join(base + parts)]
    else:
        tries = ["/".join(parts[i:]) for i in range(len(parts))]
        tries += [os.path.basename(root) and "/".join(parts)]
    for t in tries:
        for name in (t + ".py", t + "/__init__.py" if t else "__init__.py"):
            if name in files:
                return name
    return None


def resolve(file, node):
    """The key in owners that an expression names, or None."""
    if isinstance(node, ast.Name):
        if (file, node.id) in owners:
            return file, node.id
        source = files[file]["names"].get(node.id)
        if source and source in owners:
            return source
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name):
            module = files[file]["modules"].get(node.value.id)
            if module and (module, node.attr) in owners:
                return module, node.attr
        if node.attr in ("app", "current_app"):
            return next((k for k, o in owners.items() if o["kind"] == "Flask"), None)
    return None


def read():
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(d for d in folders if d not in SKIP and not d.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            rel = os.path.relpath(path, root).replace(os.sep, "/")
            if not name.endswith(".py") or os.path.islink(path) or os.path.getsize(path) > 1 << 20:
                continue
            try:
                with open(path, "rb") as f:
                    tree = ast.parse(f.read())
            except (SyntaxError, ValueError) as e:
                problem(rel, e, f"this Python does not read it: {e}")
                continue
            files[rel] = {"tree": tree, "names": {}, "modules": {}}


def declare(file, tree):
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Call):
            continue
        kind = call_name(node.value)
        if kind not in ("Flask", "Blueprint", "APIFlask", "APIBlueprint"):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        variable = target.id if isinstance(target, ast.Name) else getattr(target, "attr", None)
        call = node.value
        name = constant(call.args[0], "") if call.args else constant(keyword(call, "name"), "")
        kind = "Blueprint" if "Blueprint" in kind else "Flask"
        owner = {"kind": kind, "name": name if isinstance(name, str) else "", "file": file, "line": node.lineno, "registered": kind == "Flask"}
        owner["prefix"] = constant(keyword(call, "url_prefix"), "") or ""
        for folder, default in (("template_folder", "templates"), ("static_folder", "static")):
            given = keyword(call, folder)
            value = constant(given, None) if given is not None else (default if kind == "Flask" else None)
            if isinstance(value, str):
                out["templates" if folder[0] == "t" else "static"].append(
                    os.path.normpath(os.path.join(os.path.dirname(file), value)).replace(os.sep, "/"))
        if variable:
            owners[file, variable] = owner


def imports(file, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = module_file(file, node.module or "", node.level)
            for alias in node.names:
                if source:
                    files[file]["names"][alias.asname or alias.name] = (source, alias.name)
                sub = module_file(file, ((node.module or "") + "." + alias.name).strip("."), node.level)
                if sub:
                    files[file]["modules"][alias.asname or alias.name] = sub
            note_import(file, node, node.module if not node.level else None)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                source = module_file(file, alias.name, 0)
                if source:
                    files[file]["modules"][alias.asname or alias.name.split(".")[0]] = source
                note_import(file, node, alias.name)


def note_import(file, node, module):
    top = (module or "").split(".")[0]
    if top.startswith("flask_") or top in ("sqlalchemy", "wtforms", "celery", "redis", "marshmallow", "peewee", "pymongo", "requests", "flaskext"):
        out["imports"].append({"file": file, "line": node.lineno, "text": top})


def uses(function):
    renders, seen = [], set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = call_name(node)
            if name in ("render_template", "stream_template") and node.args:
                value = constant(node.args[0])
                renders += [value] if isinstance(value, str) else []
            if name in ("flash", "redirect", "jsonify", "abort", "send_file", "send_from_directory", "url_for", "login_user", "logout_user", "stream_with_context"):
                seen.add(name)
        if isinstance(node, ast.Name) and node.id in ("session", "g", "current_user", "current_app"):
            seen.add(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request":
            seen.add("request." + node.attr)
    return renders, sorted(seen)


def add_view(file, node, owner, rule, methods, endpoint, function, defaults=None):
    if not isinstance(rule, str):
        problem(file, node, f"a route whose rule is no constant: {getattr(function, 'name', endpoint)}")
        return
    view = {"file": file, "line": node.lineno, "owner": list(owner), "rule": rule, "methods": methods, "endpoint": endpoint,
            "renders": [], "uses": [], "decorators": [], "doc": "", "args": [], "defaults": bool(defaults)}
    if function is not None:
        view["renders"], view["uses"] = uses(function)
        view["doc"] = (ast.get_docstring(function) or "").split("\n")[0]
        for d in function.decorator_list:
            name = ast.unparse(d) if hasattr(ast, "unparse") else ""
            f = d.func if isinstance(d, ast.Call) else d
            if not (isinstance(f, ast.Attribute) and f.attr in VERBS | {"route"}):
                view["decorators"].append(name)
    out["views"].append(view)


def route_decorators(file, function):
    for d in function.decorator_list:
        call = d if isinstance(d, ast.Call) else None
        f = call.func if call else d
        if not isinstance(f, ast.Attribute):
            continue
        owner = resolve(file, f.value)
        if f.attr in HOOKS or (f.attr == "command" and isinstance(f.value, ast.Attribute) and f.value.attr == "cli"):
            argument = ast.unparse(call.args[0]) if call and call.args and hasattr(ast, "unparse") else ""
            out["hooks"].append({"file": file, "line": function.lineno, "text": f"{f.attr}({argument}): {function.name}"})
            continue
        if f.attr not in VERBS | {"route"} or call is None:
            continue
        if owner is None:
            if f.attr == "route":
                problem(file, function, f"a route of something that is neither an application nor a blueprint here: {function.name}")
            continue
        methods = [f.attr.upper()] if f.attr in VERBS else constant(keyword(call, "methods"), ["GET"]) or ["GET"]
        rule = constant(call.args[0] if call.args else keyword(call, "rule"))
        endpoint = constant(keyword(call, "endpoint"), None) or function.name
        add_view(file, function, owner, rule, sorted({str(m).upper() for m in methods}), endpoint, function, keyword(call, "defaults"))


def calls(file, tree):
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            route_decorators(file, node)
        if isinstance(node, ast.ClassDef):
            if any("MethodView" in ast.dump(b) or (isinstance(b, ast.Name) and b.id == "View") for b in node.bases):
                problem(file, node, f"the class-based view {node.name}: its routes are where add_url_rule is called with as_view")
            config_class(file, node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                config_item(file, node, target)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = resolve(file, node.func.value)
        if node.func.attr == "register_blueprint" and node.args:
            registered(file, node, owner)
        if node.func.attr == "add_url_rule" and owner:
            rule = constant(node.args[0] if node.args else keyword(node, "rule"))
            view = keyword(node, "view_func") or (node.args[2] if len(node.args) > 2 else None)
            function = functions.get(view.id) if isinstance(view, ast.Name) else None
            endpoint = constant(node.args[1] if len(node.args) > 1 else keyword(node, "endpoint"), None) or (function.name if function else None)
            methods = constant(keyword(node, "methods"), ["GET"]) or ["GET"]
            if endpoint:
                add_view(file, node, owner, rule, sorted({str(m).upper() for m in methods}), endpoint, function)
            else:
                problem(file, node, f"a route of a class-based view or an expression: {rule!r}")
        if isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "config":
            if node.func.attr == "update":
                for k in node.keywords:
                    if k.arg:
                        config_value(file, node, k.arg, k.value)
            elif node.func.attr.startswith("from_"):
                problem(file, node, "configuration from elsewhere: " + (ast.unparse(node) if hasattr(ast, "unparse") else node.func.attr))


def registered(file, node, parent):
    key = resolve(file, node.args[0])
    if key is None:
        problem(file, node, "a blueprint that was not found: " + (ast.unparse(node.args[0]) if hasattr(ast, "unparse") else "?"))
        return
    owner = owners[key]
    if owner["registered"]:
        problem(file, node, f"the blueprint {owner['name']} is registered twice: MountAs does that")
        return
    owner["registered"] = True
    prefix = keyword(node, "url_prefix")
    if prefix is not None:
        owner["prefix"] = constant(prefix, owner["prefix"]) or ""
    if keyword(node, "name") is not None:
        owner["name"] = constant(keyword(node, "name"), owner["name"])
    if parent and owners[parent]["kind"] == "Blueprint":
        owner["parent"] = list(parent)


def config_item(file, node, target):
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute) and target.value.attr == "config":
        key = target.slice.value if isinstance(target.slice, getattr(ast, "Index", ())) else target.slice
        key = constant(key)
        if isinstance(key, str):
            config_value(file, node, key, node.value)
    elif isinstance(target, ast.Attribute) and target.attr == "secret_key":
        config_value(file, node, "SECRET_KEY", node.value)
    elif isinstance(target, ast.Name) and target.id.isupper() and os.path.basename(file) in ("config.py", "settings.py", "default_settings.py"):
        config_value(file, node, target.id, node.value)


def config_class(file, node):
    if "Config" not in node.name and "Settings" not in node.name:
        return
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name) and item.targets[0].id.isupper():
            config_value(file, item, item.targets[0].id, item.value)


def config_value(file, node, key, value):
    item = {"file": file, "line": node.lineno, "key": key, "value": None, "known": False}
    if not any(word in key for word in SECRET):
        marker = object()
        found = constant(value, marker)
        if found is not marker and isinstance(found, (bool, int, float, str, type(None))):
            item["value"], item["known"] = found, True
    out["config"].append(item)


read()
for file, entry in files.items():
    declare(file, entry["tree"])
for file, entry in files.items():
    imports(file, entry["tree"])
for file, entry in files.items():
    calls(file, entry["tree"])
for (file, variable), owner in owners.items():
    if owner["kind"] == "Blueprint":
        out["blueprints"].append({**owner, "variable": variable})
for view in out["views"]:
    key = tuple(view.pop("owner"))
    view["blueprint"] = owners[key]["name"] if owners[key]["kind"] == "Blueprint" else ""
print(json.dumps(out))
