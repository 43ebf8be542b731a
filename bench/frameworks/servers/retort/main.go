// Retort has a key and nothing else configured: every defence is on, on every
// page.
package main

import (
	"log"
	"log/slog"
	"os"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/bench/frameworks/pages"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))) // no banner
	app := retort.New(retort.Config{SecretKey: []byte(pages.Key)})
	app.Templates(pages.Jinja())
	app.Get("/plaintext", plaintext)
	app.Get("/json", message)
	app.Get("/params/<name>/<int:id>", params)
	app.Get("/fortunes", fortunes)
	app.Get("/secure", secure)
	app.Post("/secure", save)
	log.Fatal(app.Run(pages.Start()))
}

func plaintext(c *retort.Ctx) error { return c.Text(pages.Hello) }

func message(c *retort.Ctx) error { return c.JSON(pages.Message{Message: pages.Hello}) }

func params(c *retort.Ctx) error {
	return c.JSON(pages.Params{Name: c.Param("name"), ID: c.Int("id")})
}

func fortunes(c *retort.Ctx) error {
	return c.Render("fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
}

func secure(c *retort.Ctx) error {
	s := c.Session()
	visits := s.Int("visits") + 1
	if err := s.Set("visits", visits); err != nil {
		return err
	}
	return c.Render("secure.html", pages.AccountPage{Title: "Account", User: pages.User, Visits: visits})
}

func save(c *retort.Ctx) error { return c.Text("saved " + c.Form("q")) }
