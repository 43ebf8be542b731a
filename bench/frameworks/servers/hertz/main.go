// Hertz is cloudwego's hertz. Its sessions, tokens and headers come from
// repositories beside it and are not compared here, so it has no secure page.
package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

func main() {
	hlog.SetLevel(hlog.LevelWarn)
	h := server.Default(server.WithHostPorts(pages.Start()), server.WithExitWaitTime(time.Millisecond))
	h.SetHTMLTemplate(pages.Templates())
	h.GET("/plaintext", func(_ context.Context, c *app.RequestContext) { c.String(http.StatusOK, pages.Hello) })
	h.GET("/json", func(_ context.Context, c *app.RequestContext) {
		c.JSON(http.StatusOK, pages.Message{Message: pages.Hello})
	})
	h.GET("/params/:name/:id", params)
	h.GET("/fortunes", func(_ context.Context, c *app.RequestContext) {
		c.HTML(http.StatusOK, "fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
	})
	h.Spin()
}

func params(_ context.Context, c *app.RequestContext) {
	id, err := strconv.Atoi(c.Param("id"))
	if err != nil {
		c.NotFound()
		return
	}
	c.JSON(http.StatusOK, pages.Params{Name: c.Param("name"), ID: id})
}
