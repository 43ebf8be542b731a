// Gin is gin-gonic with its own contributed sessions and headers. It has no
// tokens of its own that are still kept, so Gorilla's come through an adapter.
package main

import (
	"context"
	"log"
	"net/http"
	"strconv"

	"github.com/gin-contrib/secure"
	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/csrf"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

func main() {
	addr := pages.Start()
	gin.SetMode(gin.ReleaseMode)
	r := gin.New() // gin.Default without the access log, which nobody else here has
	r.Use(gin.Recovery())
	r.SetHTMLTemplate(pages.Templates())

	r.GET("/plaintext", func(c *gin.Context) { c.String(http.StatusOK, pages.Hello) })
	r.GET("/json", func(c *gin.Context) { c.JSON(http.StatusOK, pages.Message{Message: pages.Hello}) })
	r.GET("/params/:name/:id", params)
	r.GET("/fortunes", func(c *gin.Context) {
		c.HTML(http.StatusOK, "fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
	})

	store := cookie.NewStore([]byte(pages.Key))
	store.Options(sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	protected := r.Group("/secure",
		secure.New(secure.Config{
			FrameDeny: true, ContentTypeNosniff: true, ContentSecurityPolicy: pages.Policy,
			ReferrerPolicy: "strict-origin-when-cross-origin",
		}),
		sessions.Sessions("session", store),
		adapt(csrf.Protect([]byte(pages.Key), csrf.FieldName("csrf_token"), csrf.Secure(false), csrf.TrustedOrigins([]string{addr}))))
	protected.GET("", account)
	protected.POST("", func(c *gin.Context) { c.String(http.StatusOK, "saved %s", c.PostForm("q")) })
	log.Fatal(r.Run(addr))
}

func params(c *gin.Context) {
	id, err := strconv.Atoi(c.Param("id"))
	if err != nil {
		c.AbortWithStatus(http.StatusNotFound)
		return
	}
	c.JSON(http.StatusOK, pages.Params{Name: c.Param("name"), ID: id})
}

func account(c *gin.Context) {
	session := sessions.Default(c)
	visits, _ := session.Get("visits").(int)
	session.Set("visits", visits+1)
	if err := session.Save(); err != nil {
		_ = c.AbortWithError(http.StatusInternalServerError, err)
		return
	}
	c.HTML(http.StatusOK, "secure.html", pages.AccountPage{
		Title: "Account", User: pages.User, Visits: visits + 1, Token: csrf.Token(c.Request),
	})
}

type ginContext struct{}

// adapt makes net/http middleware Gin's.
func adapt(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	wrapped := middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(ginContext{}).(*gin.Context)
		c.Request = r
		c.Next()
	}))
	return func(c *gin.Context) {
		wrapped.ServeHTTP(c.Writer, c.Request.WithContext(context.WithValue(c.Request.Context(), ginContext{}, c)))
		c.Abort() // what comes after has run, or must not
	}
}
