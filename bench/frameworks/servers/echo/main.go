// Echo is labstack's echo with its own headers and tokens. Its contributed
// sessions have not been moved to version 5, so Gorilla's are used as they use
// them.
package main

import (
	"context"
	"log"
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

var store = sessions.NewCookieStore([]byte(pages.Key))

func main() {
	addr := pages.Start()
	store.Options.HttpOnly, store.Options.SameSite, store.Options.Secure = true, http.SameSiteLaxMode, false

	e := echo.New()
	e.Renderer = &echo.TemplateRenderer{Template: pages.Templates()}
	e.Use(middleware.Recover())
	e.GET("/plaintext", func(c *echo.Context) error { return c.String(http.StatusOK, pages.Hello) })
	e.GET("/json", func(c *echo.Context) error { return c.JSON(http.StatusOK, pages.Message{Message: pages.Hello}) })
	e.GET("/params/:name/:id", params)
	e.GET("/fortunes", func(c *echo.Context) error {
		return c.Render(http.StatusOK, "fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
	})

	protected := e.Group("/secure",
		middleware.SecureWithConfig(middleware.SecureConfig{
			ContentTypeNosniff: "nosniff", XFrameOptions: "DENY", ContentSecurityPolicy: pages.Policy,
			ReferrerPolicy: "strict-origin-when-cross-origin",
		}),
		middleware.CSRFWithConfig(middleware.CSRFConfig{
			TokenLookup: "form:csrf_token", CookieHTTPOnly: true, CookieSameSite: http.SameSiteLaxMode, CookiePath: "/",
		}))
	protected.GET("", account)
	protected.POST("", func(c *echo.Context) error { return c.String(http.StatusOK, "saved "+c.FormValue("q")) })
	log.Fatal(echo.StartConfig{Address: addr, HideBanner: true, HidePort: true}.Start(context.Background(), e))
}

func params(c *echo.Context) error {
	id, err := echo.PathParam[int](c, "id")
	if err != nil {
		return echo.ErrNotFound
	}
	return c.JSON(http.StatusOK, pages.Params{Name: c.Param("name"), ID: id})
}

func account(c *echo.Context) error {
	session, _ := store.Get(c.Request(), "session") // one that cannot be read is a new one
	visits, _ := session.Values["visits"].(int)
	session.Values["visits"] = visits + 1
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	token, _ := c.Get("csrf").(string)
	return c.Render(http.StatusOK, "secure.html", pages.AccountPage{
		Title: "Account", User: pages.User, Visits: visits + 1, Token: token,
	})
}
