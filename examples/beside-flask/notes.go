package main

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
)

// users are those of the old application, which still logs them in and out.
var users flask.Login

// currentUser is what templates know from Flask-Login.
func currentUser(c *retort.Ctx, vars retort.Map) error {
	id := users.UserID(c)
	vars["current_user"] = retort.Map{"id": id, "is_authenticated": id != ""}
	return nil
}

// notes is the blueprint of that name, ported: the same URLs, the same endpoints,
// so that templates and the other server's links go on working.
type notes struct{ db *sql.DB }

func newNotes(db *sql.DB) *retort.Blueprint {
	n := notes{db}
	bp := retort.NewBlueprint("notes", "/notes")
	bp.Before(requireLogin)
	bp.Get("/", n.index)
	bp.Post("/", n.add)
	bp.Post("/<int:id>/delete", n.delete)
	return bp
}

// requireLogin sends strangers to the old application's page, as Flask-Login does.
func requireLogin(c *retort.Ctx) error {
	if users.UserID(c) != "" {
		return nil
	}
	if err := c.Flash("Please log in to access this page."); err != nil {
		return err
	}
	login, err := c.URL("auth.login")
	if err != nil {
		return err
	}
	return c.RedirectTo(login + "?next=" + url.QueryEscape(c.Path()))
}

func (n notes) index(c *retort.Ctx) error {
	rows, err := n.db.QueryContext(c.Context(), "SELECT id, text FROM notes WHERE owner = ? ORDER BY id", users.UserID(c))
	if err != nil {
		return err
	}
	defer rows.Close()
	var list []retort.Map
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		list = append(list, retort.Map{"id": id, "text": text})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.Render("notes.html", retort.Map{"notes": list})
}

func (n notes) add(c *retort.Ctx) error {
	text := strings.TrimSpace(c.Form("text"))
	if text == "" {
		return retort.Errorf(http.StatusBadRequest, "There is nothing to note.")
	}
	if _, err := n.db.ExecContext(c.Context(), "INSERT INTO notes (owner, text) VALUES (?, ?)", users.UserID(c), text); err != nil {
		return err
	}
	return done(c, "Noted.")
}

func (n notes) delete(c *retort.Ctx) error {
	if _, err := n.db.ExecContext(c.Context(), "DELETE FROM notes WHERE id = ? AND owner = ?", c.Int("id"), users.UserID(c)); err != nil {
		return err
	}
	return done(c, "Gone.")
}

func done(c *retort.Ctx, message string) error {
	if err := c.Flash(message); err != nil {
		return err
	}
	return c.Redirect("notes.index")
}
