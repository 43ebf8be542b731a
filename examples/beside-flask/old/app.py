"""A small Flask application of a usual kind: people log in and keep notes."""

import os
import sqlite3

from flask import (Blueprint, Flask, abort, flash, g, redirect, render_template,
                   request, url_for)
from flask_login import (LoginManager, UserMixin, current_user, login_required,
                         login_user, logout_user)
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.security import check_password_hash, generate_password_hash

auth = Blueprint("auth", __name__)
notes = Blueprint("notes", __name__, url_prefix="/notes")
logins = LoginManager()
logins.login_view = "auth.login"


class User(UserMixin):
    def __init__(self, name):
        self.id = name


@logins.user_loader
def load_user(name):
    return User(name)


def db():
    if "db" not in g:
        g.db = sqlite3.connect(os.environ["DATABASE"], timeout=10)
    return g.db


@auth.get("/")
def index():
    return render_template("index.html")


@auth.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        name = request.form["name"]
        row = db().execute("SELECT password FROM users WHERE name = ?", (name,)).fetchone()
        if row and check_password_hash(row[0], request.form["password"]):
            login_user(User(name))
            flash(f"Welcome, {name}.")
            return redirect(url_for("notes.index"))
        flash("That name and password do not go together.", "error")
    return render_template("login.html")


@auth.post("/logout")
@login_required
def logout():
    logout_user()
    flash("Good bye.")
    return redirect(url_for("auth.index"))


@notes.get("/")
@login_required
def index():
    rows = db().execute("SELECT id, text FROM notes WHERE owner = ? ORDER BY id", (current_user.id,))
    return render_template("notes.html", notes=[{"id": i, "text": t} for i, t in rows])


@notes.post("/")
@login_required
def add():
    text = request.form["text"].strip()
    if not text:
        abort(400)
    with db() as d:
        d.execute("INSERT INTO notes (owner, text) VALUES (?, ?)", (current_user.id, text))
    flash("Noted.")
    return redirect(url_for("notes.index"))


@notes.post("/<int:id>/delete")
@login_required
def delete(id):
    with db() as d:
        d.execute("DELETE FROM notes WHERE id = ? AND owner = ?", (id, current_user.id))
    flash("Gone.")
    return redirect(url_for("notes.index"))


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    # The same attributes as the new server's cookie has.
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
    CSRFProtect(app)
    logins.init_app(app)
    app.register_blueprint(auth)
    app.register_blueprint(notes)

    @app.teardown_appcontext
    def close(_):
        if "db" in g:
            g.db.close()

    with sqlite3.connect(os.environ["DATABASE"]) as d:
        d.execute("CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, password TEXT NOT NULL)")
        d.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, text TEXT NOT NULL)")
        d.execute("INSERT OR IGNORE INTO users VALUES ('ada', ?)", (generate_password_hash("lovelace", "pbkdf2:sha256:600000"),))
    return app


if __name__ == "__main__":
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", int(os.environ.get("PORT", "5000")), create_app(), threaded=True)
    print(f"the old application is at http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()
