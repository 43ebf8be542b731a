package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/web"
)

// The application is an http.Handler; this is its endpoint for programs.
func ExampleNew() {
	app := web.New(retort.Config{SecretKey: []byte("32 random bytes, from a safe place")})
	r := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/analyze",
		strings.NewReader(`{"text": "beacon to hxxp://evil[.]example[.]com/x", "mode": "offline"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 {"mode":"offline","total":2,"indicators":[{"kind":"url","value":"http://evil.example.com/x","raw":"hxxp://evil[.]example[.]com/x","start":10,"end":39,"reason":"defanged","count":1},{"kind":"domain","value":"evil.example.com","raw":"evil[.]example[.]com","start":17,"end":37,"reason":"host of a URL","count":1}]}
}
