"""A Flask application to stand beside: it serves on a free port, which it prints."""

import os
import signal
import sys
import threading
import time

import itsdangerous
from flask import (Flask, Response, flash, get_flashed_messages, jsonify, redirect,
                   request, session, url_for)
from flask_login import (LoginManager, UserMixin, current_user, login_required,
                         login_user, logout_user)
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server
from wtforms import StringField

# The clock may be wrong, as clocks are.
offset = int(os.environ.get("CLOCK_OFFSET", "0"))
itsdangerous.TimestampSigner.get_timestamp = lambda self: int(time.time()) + offset

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
CSRFProtect(app)
logins = LoginManager(app)
logins.session_protection = os.environ.get("SESSION_PROTECTION", "basic")


class User(UserMixin):
    def __init__(self, name):
        self.id = name


@logins.user_loader
def load(name):
    return User(name)


class NoteForm(FlaskForm):
    text = StringField()


@app.get("/whoami")
def whoami():
    return jsonify(
        server="flask",
        user=current_user.id if current_user.is_authenticated else None,
        fresh=session.get("_fresh"),
        notes=list(session.get("notes", [])),
        flashes=get_flashed_messages(with_categories=True),
        csrf=generate_csrf(),
        addr=request.remote_addr,
        keys=sorted(session),
    )


@app.post("/login")
def login():
    session.permanent = "permanent" in request.form
    login_user(User(request.form["name"]), remember="remember" in request.form)
    flash("Hello " + request.form["name"], "greeting")
    return redirect("/whoami")


@app.post("/logout")
def logout():
    logout_user()
    flash("Bye")
    return redirect("/whoami")


@app.post("/notes")
@login_required
def notes():
    form = NoteForm()
    if not form.validate_on_submit():
        return jsonify(form.errors), 400
    session["notes"] = [*session.get("notes", []), form.text.data]
    session["typed"] = (1, b"\0\xff", {"since": None})
    flash("Noted " + form.text.data)
    return redirect("/whoami")


@app.route("/echo/", methods=["GET", "POST", "PUT"])
@app.route("/echo/<path:rest>", methods=["GET", "POST", "PUT"])
def echo(rest=""):
    return jsonify(
        method=request.method,
        raw=request.environ.get("RAW_URI", request.environ.get("REQUEST_URI")),
        rest=rest,
        args=request.args.to_dict(flat=False),
        host=request.host,
        scheme=request.scheme,
        addr=request.remote_addr,
        headers={k: v for k, v in request.headers.items() if k.startswith("X-") or k == "Forwarded"},
        body=request.get_data(as_text=True) if request.method == "PUT" else "",
    )


app.view_functions["echo"] = app.extensions["csrf"].exempt(echo)


@app.get("/stream")
def stream():
    def parts():
        for i in range(3):
            yield f"part {i}\n"
            while not os.path.exists(os.environ["GATE"] + str(i)):
                time.sleep(0.01)
    return Response(parts(), mimetype="text/plain")


@app.get("/set-cookies")
def cookies():
    r = Response("two")
    r.set_cookie("a", "1")
    r.set_cookie("b", "2")
    r.headers["Content-Security-Policy"] = "default-src *"
    r.headers["X-Old"] = url_for("whoami", _external=True)
    return r


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *args):
        pass


def until_closed(stop):
    """Whoever started this holds the other end of stdin, and is gone when it closes."""
    threading.Thread(target=lambda: (sys.stdin.read(), stop()), daemon=True).start()


def serve_by_werkzeug():
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    print("PORT", server.port, flush=True)
    until_closed(server.shutdown)
    server.serve_forever()


def serve_by_gunicorn():
    from gunicorn.app.base import BaseApplication

    def ready(arbiter):
        print("PORT", arbiter.LISTENERS[0].sock.getsockname()[1], flush=True)
        until_closed(lambda: os.kill(arbiter.pid, signal.SIGTERM))

    class Gunicorn(BaseApplication):
        def load_config(self):
            for name, value in {"bind": "127.0.0.1:0", "workers": 2, "threads": 4, "when_ready": ready,
                                "loglevel": "warning", "graceful_timeout": 1}.items():
                self.cfg.set(name, value)

        def load(self):
            return app

    Gunicorn().run()


if __name__ == "__main__":
    serve_by_gunicorn() if os.environ.get("SERVER") == "gunicorn" else serve_by_werkzeug()
