package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/auth"
	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/password"
)

// User is somebody who has registered.
type User struct {
	ID       int64
	Username string
	hash     string // of the password
}

// accounts is the blueprint auth: register, log in, log out.
type accounts struct {
	db        *DB
	users     *auth.Manager[User]
	passwords *password.Hasher
}

func newAuth(db *DB, users *auth.Manager[User], passwords *password.Hasher) *retort.Blueprint {
	a := &accounts{db, users, passwords}
	bp := retort.NewBlueprint("auth", "/auth")
	bp.Route("/register", a.register, http.MethodGet, http.MethodPost)
	bp.Route("/login", a.login, http.MethodGet, http.MethodPost)
	bp.Post("/logout", a.logout)
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
	if err := c.Flash("Welcome, " + f.Username.Value + ". Now log in."); err != nil {
		return err
	}
	return c.Redirect("auth.login")
}

type loginForm struct {
	Username, Password, Next form.Field[string]
}

func newLoginForm() *loginForm {
	return &loginForm{
		Username: form.Text("Username", form.Required[string]()).Attr("autocomplete", "username"),
		Password: form.Password("Password", form.Required[string]()).Attr("autocomplete", "current-password"),
		Next:     form.Hidden(),
	}
}

func (a *accounts) login(c *retort.Ctx) error {
	f := newLoginForm()
	f.Next.Value = c.Query("next") // the page that asked to log in first
	ok, err := c.Submitted(f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("auth/login.html", retort.Map{"form": f})
	}
	ok, err = a.users.Attempt(c, f.Username.Value, func() (string, error) {
		return a.verify(c.Context(), f.Username.Value, f.Password.Value)
	})
	if err != nil {
		return err
	}
	if !ok {
		f.Password.Fail("The username or the password is wrong.")
		return c.Render("auth/login.html", retort.Map{"form": f})
	}
	if f.Next.Value != "" {
		return c.RedirectTo(f.Next.Value)
	}
	return c.Redirect("blog.index")
}

// verify returns the id of the user to whom name and secret belong, or nothing.
func (a *accounts) verify(ctx context.Context, name, secret string) (string, error) {
	u, err := a.db.UserByName(ctx, name)
	if err != nil && !errors.Is(err, auth.ErrNoUser) {
		return "", err
	}
	// Asked for nobody too, so that the time it takes tells no one who has an account.
	ok, _, err := a.passwords.Verify(ctx, u.hash, secret)
	if err != nil || !ok {
		return "", err
	}
	return strconv.FormatInt(u.ID, 10), nil
}

func (a *accounts) logout(c *retort.Ctx) error {
	if err := a.users.Logout(c); err != nil {
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

// User finds the user with the id that a session holds.
func (db *DB) User(ctx context.Context, id string) (User, error) {
	return db.user(ctx, "SELECT id, username, password FROM user WHERE id = ?", id)
}

// UserByName finds the user with a name.
func (db *DB) UserByName(ctx context.Context, name string) (User, error) {
	return db.user(ctx, "SELECT id, username, password FROM user WHERE username = ?", name)
}

func (db *DB) user(ctx context.Context, query string, arg any) (u User, err error) {
	err = db.read.QueryRowContext(ctx, query, arg).Scan(&u.ID, &u.Username, &u.hash)
	if errors.Is(err, sql.ErrNoRows) {
		return u, auth.ErrNoUser
	}
	return u, err
}
