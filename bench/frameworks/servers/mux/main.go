// Mux is the standard library's ServeMux with Gorilla's sessions and tokens and
// unrolled/secure's headers, as many Go applications are put together.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"strconv"

	"github.com/gorilla/csrf"
	"github.com/gorilla/sessions"
	"github.com/unrolled/secure"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

var (
	templates = pages.Templates()
	store     = sessions.NewCookieStore([]byte(pages.Key))
)

func main() {
	addr := pages.Start()
	store.Options.HttpOnly, store.Options.SameSite, store.Options.Secure = true, http.SameSiteLaxMode, false

	headers := secure.New(secure.Options{
		FrameDeny: true, ContentTypeNosniff: true, ContentSecurityPolicy: pages.Policy,
		ReferrerPolicy: "strict-origin-when-cross-origin", CrossOriginOpenerPolicy: "same-origin",
	})
	tokens := csrf.Protect([]byte(pages.Key), csrf.FieldName("csrf_token"), csrf.Secure(false), csrf.TrustedOrigins([]string{addr}))
	protect := func(h http.HandlerFunc) http.Handler { return headers.Handler(tokens(h)) }

	mux := http.NewServeMux()
	mux.HandleFunc("GET /plaintext", plaintext)
	mux.HandleFunc("GET /json", message)
	mux.HandleFunc("GET /params/{name}/{id}", params)
	mux.HandleFunc("GET /fortunes", fortunes)
	mux.Handle("GET /secure", protect(account))
	mux.Handle("POST /secure", protect(save))
	log.Fatal(http.ListenAndServe(addr, mux)) //nolint:gosec // as its users write it
}

func plaintext(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(pages.Hello))
}

func message(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, pages.Message{Message: pages.Hello})
}

func params(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, pages.Params{Name: r.PathValue("name"), ID: id})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func fortunes(w http.ResponseWriter, _ *http.Request) {
	render(w, "fortunes.html", pages.FortunesPage{Fortunes: pages.Fortunes()})
}

func account(w http.ResponseWriter, r *http.Request) {
	session, _ := store.Get(r, "session") // one that cannot be read is a new one
	visits, _ := session.Values["visits"].(int)
	session.Values["visits"] = visits + 1
	if err := session.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	render(w, "secure.html", pages.AccountPage{
		Title: "Account", User: pages.User, Visits: visits + 1, Token: csrf.Token(r),
	})
}

func save(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("saved " + r.PostFormValue("q"))) //nolint:gosec // plain text
}

func render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := templates.ExecuteTemplate(w, name, data); err != nil {
		log.Print(err)
	}
}
