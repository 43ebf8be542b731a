"""Prints the routes of a Flask application as JSON: retort flask export-routes."""

import json
import os
import sys

sys.path.insert(0, os.getcwd())

from flask.cli import ScriptInfo  # noqa: E402

app = ScriptInfo(app_import_path=sys.argv[1] or None).load_app()
routes = []
for rule in app.url_map.iter_rules():
    if getattr(rule, "websocket", False) or rule.host or rule.subdomain:
        print(f"left out, since it is for a host or a websocket: {rule!r}", file=sys.stderr)
        continue
    route = {"endpoint": rule.endpoint, "rule": rule.rule}
    route["methods"] = None if rule.methods is None else sorted(rule.methods - {"HEAD", "OPTIONS"})
    if rule.defaults:
        route["defaults"] = rule.defaults
    if rule.build_only:
        route["build_only"] = True
    routes.append(route)
print(json.dumps(routes, indent=1, default=str))
