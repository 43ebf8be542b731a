// Package compress sends answers compressed, with zstd or gzip, to clients that
// take them so.
//
//	app.Extend(compress.Compression{})
//
// It is a module of its own because of klauspost/compress, which does the work:
// it negotiates, leaves small answers and parts of files alone, and flushes what
// streams. What is added is which answers are safe to compress. Compression tells
// how often a text repeats; who can put a guess into a page, by a search box, and
// sees how long the page gets on the wire, finds secrets in it letter by letter
// (BREACH). So an answer that was made for one visitor is not compressed: pages
// that looked at the session, so those with a CSRF token, and answers to
// credentials. Files, and pages that are the same for everybody, are.
package compress

import (
	"mime"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"github.com/retort-go/retort"
)

// Compression is an extension of an app. The zero value is safe.
type Compression struct {
	// InsecurePrivate compresses answers that were made for one visitor as well,
	// with some random padding to blur their length. Retort's own CSRF tokens differ
	// on each page and are safe; other secrets on a page that also shows something
	// of the request are then only harder to find.
	InsecurePrivate bool
}

// minSize is the size in bytes from which compressing pays: below it everything
// fits into one packet anyway.
const minSize = 1024

// padding is how many random bytes blur the length of a private answer at most.
const padding = 64

// Extend wraps the whole app.
func (x Compression) Extend(app *retort.App) error {
	jitter := 0
	if x.InsecurePrivate {
		jitter = padding
	}
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minSize), gzhttp.ContentTypeFilter(compressible), gzhttp.RandomJitter(jitter, 0, true))
	if err != nil {
		return err
	}
	app.Use(func(h http.Handler) http.Handler { return wrap(h) })
	// The last moment before the answer is written: whatever hooks did to it, and
	// whatever looked at the session, is known by now.
	app.RequestFinished.Connect(x.prepare)
	return nil
}

// prepare marks what must stay as it is, and weakens the entity tag of the rest:
// it stands for two sequences of bytes then (RFC 9110, 8.8.1).
func (x Compression) prepare(c *retort.Ctx) {
	h := c.Response.Header
	// What a mounted http.Handler is going to answer, and for whom, is not known.
	mounted := c.Response.Streamed() && h.Get("Content-Type") == ""
	if mounted || c.Private() && !x.InsecurePrivate {
		h.Set(gzhttp.HeaderNoCompression, "1")
		return
	}
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) && c.Header("Range") == "" && compressible(h.Get("Content-Type")) {
		h.Set("ETag", "W/"+tag)
	}
}

// compressible reports whether a content type is text of some kind. Pictures,
// films, fonts and archives are compressed by themselves; an event stream is
// left alone, since each of its events is small and wants to be on its way.
func compressible(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil || t == "text/event-stream" {
		return false
	}
	switch t {
	case "application/json", "application/javascript", "application/xml", "application/wasm", "image/svg+xml", "image/x-icon":
		return true
	}
	return strings.HasPrefix(t, "text/") || strings.HasPrefix(t, "application/") && (strings.HasSuffix(t, "+json") || strings.HasSuffix(t, "+xml"))
}
