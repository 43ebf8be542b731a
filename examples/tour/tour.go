package main

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/auth"
	"github.com/retort-go/retort/password"
	"github.com/retort-go/retort/sign"
)

//go:embed templates static
var embedded embed.FS

// Options say where the app keeps its things.
type Options struct {
	Data   string // folder of tour.db, the key and the uploads; made if need be
	Static string // folder of static files; empty for those built in
	Demo   bool   // make the user alice
}

// tour is what the handlers share.
type tour struct {
	store     *store
	users     *auth.Manager[user]
	passwords *password.Hasher
	uploads   *os.Root
}

// New returns the app. No security setting is touched: the key is the only thing
// that an app has to have.
func New(ctx context.Context, opts Options) (*retort.App, error) {
	if err := os.MkdirAll(filepath.Join(opts.Data, "uploads"), 0o700); err != nil {
		return nil, err
	}
	key, err := secretKey(filepath.Join(opts.Data, "secret_key"))
	if err != nil {
		return nil, err
	}
	db, err := openStore(ctx, filepath.Join(opts.Data, "tour.db"))
	if err != nil {
		return nil, err
	}
	passwords, err := password.New(password.Config{})
	if err != nil {
		return nil, err
	}
	uploads, err := os.OpenRoot(filepath.Join(opts.Data, "uploads"))
	if err != nil {
		return nil, err
	}
	t := &tour{store: db, passwords: passwords, uploads: uploads}
	if opts.Demo {
		if err := t.addDemoUser(ctx); err != nil {
			return nil, err
		}
	}
	templates, static, err := folders(opts.Static)
	if err != nil {
		return nil, err
	}
	app := retort.New(retort.Config{SecretKey: key, Templates: templates, Static: static, Revocations: db})
	app.OnClose(db.Close)
	app.OnClose(uploads.Close)
	t.users = auth.New(app, auth.Config[user]{
		Load: db.User, LoginEndpoint: "login_form", Remembered: db,
		Stamp: func(u user) string { return u.Hash[max(0, len(u.Hash)-16):] },
	})
	t.routes(app)
	return app, nil
}

func (t *tour) routes(app *retort.App) {
	app.Get("/", t.home)
	app.Get("/login", t.loginForm)
	app.Post("/login", t.login)
	app.Post("/logout", t.logout)
	app.Get("/account", t.account).With(t.users.Required)
	app.Get("/notes", t.notes).With(t.users.Required)
	app.Get("/notes/new", t.newNote).With(t.users.Required)
	app.Post("/notes", t.addNote).With(t.users.Required)
	app.Post("/api/echo", t.echo)
	app.Get("/upload", t.uploadForm)
	app.Post("/upload", t.upload)
	app.Get("/go", t.redirect)
	app.Get("/download", t.download)
	app.Get("/search", t.search)
	app.Get("/boom", t.boom)
	app.Get("/links", t.links)
	app.Get("/slow", t.slow)
}

func (t *tour) home(c *retort.Ctx) error { return c.Render("home.html", nil) }

func (t *tour) loginForm(c *retort.Ctx) error {
	return c.Render("login.html", retort.Map{"next": c.Query("next")})
}

func (t *tour) login(c *retort.Ctx) error {
	name, secret := c.Form("username"), c.Form("password")
	ok, err := t.users.Attempt(c, name, func() (string, error) {
		u, err := t.store.UserByName(c.Context(), name)
		if err != nil && !errors.Is(err, auth.ErrNoUser) {
			return "", err
		}
		right, stale, err := t.passwords.Verify(c.Context(), u.Hash, secret) // also for nobody, so that it takes as long
		if err != nil || !right {
			return "", err
		}
		if stale {
			if err := t.rehash(c.Context(), u.ID, secret); err != nil {
				return "", err
			}
		}
		return u.ID, nil
	})
	if err != nil {
		return err
	}
	if !ok {
		return c.Status(http.StatusUnauthorized).Render("login.html", retort.Map{"next": c.Form("next"), "wrong": true, "username": name})
	}
	if c.Form("remember") != "" {
		if err := t.users.Remember(c); err != nil {
			return err
		}
	}
	if err := c.Flash("Welcome back."); err != nil {
		return err
	}
	if next := c.Form("next"); next != "" {
		return c.RedirectTo(next)
	}
	return c.Redirect("account")
}

func (t *tour) rehash(ctx context.Context, id, secret string) error {
	hash, err := t.passwords.Hash(ctx, secret)
	if err != nil {
		return err
	}
	return t.store.SetHash(ctx, id, hash)
}

func (t *tour) logout(c *retort.Ctx) error {
	if err := t.users.Logout(c); err != nil {
		return err
	}
	return c.Redirect("home")
}

func (t *tour) account(c *retort.Ctx) error { return c.Render("account.html", nil) }

func (t *tour) notes(c *retort.Ctx) error {
	notes, err := t.store.Notes(c.Context(), t.users.ID(c))
	if err != nil {
		return err
	}
	return c.Render("notes.html", retort.Map{"notes": notes})
}

func (t *tour) newNote(c *retort.Ctx) error { return c.Render("new_note.html", nil) }

const maxTitle = 200

func (t *tour) addNote(c *retort.Ctx) error {
	title := c.Form("title")
	if title == "" || len(title) > maxTitle {
		return c.Status(http.StatusUnprocessableEntity).Render("new_note.html", retort.Map{
			"title": title, "wrong": fmt.Sprintf("A note needs a title of at most %d bytes.", maxTitle)})
	}
	if err := t.store.AddNote(c.Context(), t.users.ID(c), title); err != nil {
		return err
	}
	if err := c.Flash("Saved."); err != nil {
		return err
	}
	return c.Redirect("notes")
}

// echo answers with the JSON it got, numbers of any size as they were.
func (t *tour) echo(c *retort.Ctx) error {
	var v json.RawMessage
	if err := c.DecodeJSON(&v); err != nil {
		return err
	}
	return c.JSON(v)
}

func (t *tour) uploadForm(c *retort.Ctx) error { return c.Render("upload.html", nil) }

// upload stores a file under a name of its own: what the client calls it is
// somebody else's text.
func (t *tour) upload(c *retort.Ctx) (err error) {
	file, err := c.File("file")
	if err != nil {
		return err
	}
	src, err := file.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	stored := rand.Text()
	dst, err := t.uploads.OpenFile(stored, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err := errors.Join(err, dst.Close()); err != nil {
		return err
	}
	return c.JSON(retort.Map{"stored": stored})
}

func (t *tour) redirect(c *retort.Ctx) error { return c.RedirectTo(c.Query("next")) }

func (t *tour) download(c *retort.Ctx) error {
	c.Attachment(c.Query("name"))
	return c.Text("This file has the name that was asked for.\n")
}

func (t *tour) search(c *retort.Ctx) error {
	return c.Render("search.html", retort.Map{"q": c.Query("q")})
}

func (t *tour) boom(*retort.Ctx) error { panic("boom") }

func (t *tour) links(c *retort.Ctx) error {
	var text string
	for _, endpoint := range []string{"home", "account", "notes"} {
		u, err := c.URL(endpoint, "_external", true)
		if err != nil {
			return err
		}
		text += u + "\n"
	}
	return c.Text(text)
}

const maxWait = 10 * time.Second

func (t *tour) slow(c *retort.Ctx) error {
	ms, err := strconv.Atoi(c.Query("ms"))
	if err != nil || ms < 0 || time.Duration(ms)*time.Millisecond > maxWait {
		return retort.Errorf(http.StatusBadRequest, "ms is a number of milliseconds up to %d.", maxWait.Milliseconds())
	}
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return c.Text("waited\n")
	case <-c.Context().Done():
		return c.Context().Err()
	}
}

// addDemoUser makes alice, unless she is there.
func (t *tour) addDemoUser(ctx context.Context) error {
	if _, err := t.store.UserByName(ctx, "alice"); !errors.Is(err, auth.ErrNoUser) {
		return err
	}
	hash, err := t.passwords.Hash(ctx, "correct horse battery staple")
	if err != nil {
		return err
	}
	return t.store.AddUser(ctx, "alice", hash)
}

// secretKey reads the key, or makes one the first time.
func secretKey(name string) ([]byte, error) {
	key, err := os.ReadFile(name) //nolint:gosec // whoever starts the program names the folder
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = []byte(sign.Generate())
	return key, os.WriteFile(name, key, 0o600)
}

func folders(staticDir string) (templates, static fs.FS, err error) {
	if templates, err = fs.Sub(embedded, "templates"); err != nil {
		return nil, nil, err
	}
	if staticDir != "" {
		static, err = retort.Dir(staticDir)
	} else {
		static, err = fs.Sub(embedded, "static")
	}
	return templates, static, err
}
