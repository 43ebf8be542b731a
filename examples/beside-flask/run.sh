#!/bin/sh
# Starts the old application and the new one in front of it, and stops both when it
# is interrupted. Needs Go, and a Python with Flask, Flask-Login and Flask-WTF
# (Debian: python3-flask python3-flask-login python3-flaskext.wtf).
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
$python -c 'import flask, flask_login, flask_wtf' || { echo "no Flask there; set PYTHON to one that has it" >&2; exit 1; }

SECRET_KEY=${SECRET_KEY:-$($python -c 'import secrets; print(secrets.token_urlsafe(32))')}
DATABASE=${DATABASE:-$PWD/notes.db}
PORT=${OLD_PORT:-5000}
export SECRET_KEY DATABASE PORT

$python old/app.py &
old=$!
trap 'kill $old 2>/dev/null' EXIT
trap 'exit 0' INT TERM

NOTES_SECRET_KEY=$SECRET_KEY NOTES_DATABASE=$DATABASE NOTES_OLD_URL=http://127.0.0.1:$PORT \
	go run . serve --listen "${LISTEN:-127.0.0.1:8000}"
