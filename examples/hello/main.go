// Hello is the smallest program there is.
package main

import (
	"log"

	"github.com/retort-go/retort"
)

func main() {
	app := retort.New(retort.Config{Debug: true})
	app.Get("/hello/<name>", hello)
	log.Fatal(app.Run("127.0.0.1:8000"))
}

func hello(c *retort.Ctx) error {
	return c.Text("Hello, " + c.Param("name") + "!")
}
