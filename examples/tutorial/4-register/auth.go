package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/password"
)

// accounts is the blueprint auth.
type accounts struct {
	db        *DB
	passwords *password.Hasher
}

func newAuth(db *DB, passwords *password.Hasher) *retort.Blueprint {
	a := &accounts{db, passwords}
	bp := retort.NewBlueprint("auth", "/auth")
	bp.Route("/register", a.register, http.MethodGet, http.MethodPost)
	return bp
}

type registerForm struct {
	Username, Password form.Field[string]
}

func newRegisterForm() *registerForm {
	return &registerForm{
		Username: form.Text("Username", form.Required[string](), form.Length(1, 50)).Attr("autocomplete", "username"),
		Password: form.Password("Password", form.Required[string](), form.Length(8, 200)).
			Attr("autocomplete", "new-password").Help("At least 8 characters. A few words in a row are easy to remember."),
	}
}

func (a *accounts) register(c *retort.Ctx) error {
	f := newRegisterForm()
	ok, err := c.Submitted(f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("auth/register.html", retort.Map{"form": f})
	}
	hash, err := a.passwords.Hash(c.Context(), f.Password.Value)
	if err != nil {
		return err
	}
	switch err := a.db.AddUser(c.Context(), f.Username.Value, hash); {
	case errors.Is(err, errTaken):
		f.Username.Fail(f.Username.Value + " is registered already.")
		return c.Render("auth/register.html", retort.Map{"form": f})
	case err != nil:
		return err
	}
	if err := c.Flash("Welcome, " + f.Username.Value + "."); err != nil {
		return err
	}
	return c.Redirect("blog.index")
}

var errTaken = errors.New("the username is taken")

// AddUser adds a user; the error is errTaken if there is one of that name.
func (db *DB) AddUser(ctx context.Context, name, hash string) error {
	result, err := db.write.ExecContext(ctx,
		"INSERT INTO user (username, password) VALUES (?, ?) ON CONFLICT DO NOTHING", name, hash)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errTaken)
	}
	return nil
}
