// Fiber is gofiber with its own headers, tokens and sessions, which it keeps in
// memory on the server.
package main

import (
	"html/template"
	"io"
	"log"
	"strconv"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
	"github.com/gofiber/fiber/v3/middleware/csrf"
	"github.com/gofiber/fiber/v3/middleware/helmet"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/session"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

func main() {
	app := fiber.New(fiber.Config{Views: views{pages.Templates()}})
	app.Use(recover.New())
	app.Get("/plaintext", func(c fiber.Ctx) error { return c.SendString(pages.Hello) })
	app.Get("/json", func(c fiber.Ctx) error { return c.JSON(pages.Message{Message: pages.Hello}) })
	app.Get("/params/:name/:id", params)
	app.Get("/fortunes", func(c fiber.Ctx) error {
		return c.Render("fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
	})

	sessions, store := session.NewWithStore(session.Config{CookieHTTPOnly: true})
	protected := app.Group("/secure",
		helmet.New(helmet.Config{ContentSecurityPolicy: pages.Policy, XFrameOptions: "DENY"}),
		sessions,
		csrf.New(csrf.Config{Session: store, Extractor: extractors.FromForm("csrf_token"), CookieHTTPOnly: true}))
	protected.Get("", account)
	protected.Post("", func(c fiber.Ctx) error { return c.SendString("saved " + c.FormValue("q")) })
	log.Fatal(app.Listen(pages.Start(), fiber.ListenConfig{DisableStartupMessage: true}))
}

func params(c fiber.Ctx) error {
	id, err := strconv.Atoi(c.Params("id"))
	if err != nil {
		return fiber.ErrNotFound
	}
	return c.JSON(pages.Params{Name: c.Params("name"), ID: id})
}

func account(c fiber.Ctx) error {
	s := session.FromContext(c)
	visits, _ := s.Get("visits").(int)
	s.Set("visits", visits+1)
	return c.Render("secure.html", pages.AccountPage{
		Title: "Account", User: pages.User, Visits: visits + 1, Token: csrf.TokenFromContext(c),
	})
}

// views is html/template for Fiber, whose own package of it is a thicker layer
// over the same.
type views struct{ *template.Template }

func (views) Load() error { return nil }

func (v views) Render(w io.Writer, name string, data any, _ ...string) error {
	return v.ExecuteTemplate(w, name, data)
}
