"""Flask with Flask-WTF's tokens, to be served by gunicorn."""

import json
import os
from pathlib import Path

from flask import Flask, jsonify, render_template, request, session
from flask_wtf.csrf import CSRFProtect

here = Path(__file__).parent
pages = Path(os.environ.get("PAGES", here / "../../pages"))
app = Flask(__name__, template_folder=(pages / "jinja").resolve())
app.config.update(SECRET_KEY=os.environ["KEY"], SESSION_COOKIE_SAMESITE="Lax")
CSRFProtect(app)

stored = json.loads((pages / "fortunes.json").read_text("utf-8"))


@app.get("/plaintext")
def plaintext():
    return "Hello, World!", {"Content-Type": "text/plain; charset=utf-8"}


@app.get("/json")
def message():
    return jsonify(message="Hello, World!")


@app.get("/params/<name>/<int:id>")
def params(name, id):
    return jsonify(name=name, id=id)


@app.get("/fortunes")
def fortunes():
    rows = [*stored, {"id": 0, "message": "Additional fortune added at request time."}]
    rows.sort(key=lambda row: row["message"])
    return render_template("fortunes.html", fortunes=rows)


@app.get("/secure")
def secure():
    session["visits"] = session.get("visits", 0) + 1
    return render_template("secure.html", title="Account", user='alice & "bob"', visits=session["visits"])


@app.post("/secure")
def save():
    return "saved " + request.form["q"], {"Content-Type": "text/plain; charset=utf-8"}


@app.after_request
def headers(response):
    if request.path == "/secure":
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    return response
