// Bare is net/http with nothing on it, the floor under every framework that
// stands on net/http. It has no fortunes and no secure page: those are compared
// with its plain one. With TIMEOUTS set it has those of a server that can be
// shown to the world, to see what they cost.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

var (
	hello    = []byte(pages.Hello)
	mimeText = []string{"text/plain; charset=utf-8"}
	mimeJSON = []string{"application/json"}
)

func main() {
	server := http.Server{Addr: pages.Start(), Handler: http.HandlerFunc(serve)} //nolint:gosec // the floor is without timeouts
	if os.Getenv("TIMEOUTS") != "" {                                             // Retort's
		server.ReadHeaderTimeout, server.ReadTimeout = 5*time.Second, 15*time.Second
		server.WriteTimeout, server.IdleTimeout = 30*time.Second, 60*time.Second
	}
	log.Fatal(server.ListenAndServe())
}

func serve(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/plaintext":
		w.Header()["Content-Type"] = mimeText
		_, _ = w.Write(hello)
	case path == "/json":
		writeJSON(w, pages.Message{Message: pages.Hello})
	case strings.HasPrefix(path, "/params/"):
		name, number, _ := strings.Cut(path[len("/params/"):], "/")
		id, err := strconv.Atoi(number)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		writeJSON(w, pages.Params{Name: name, ID: id})
	default:
		http.NotFound(w, r)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header()["Content-Type"] = mimeJSON
	_ = json.NewEncoder(w).Encode(v)
}
