package retort

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// NotModified gives the answer an entity tag and a time of change, and reports
// whether the copy that the client has is still good. If so, the answer is
// described, as a 304 without a body, and the work of making it can be saved:
//
//	if c.NotModified(strconv.Itoa(post.Version), post.Changed) {
//		return nil
//	}
//	return c.JSON(post)
//
// The tag is any text that changes with the answer, without quotes; the zero time
// means that there is none. RFC 9110, 13.1.2 and 13.1.3: If-None-Match decides,
// and If-Modified-Since where there is none.
func (c *Ctx) NotModified(tag string, modified time.Time) bool {
	tag = quoteTag(tag)
	if tag != "" {
		c.SetHeader("ETag", tag)
	}
	if !modified.IsZero() {
		c.SetHeader("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	if !c.hasCurrent(tag, modified) {
		return false
	}
	c.Status(http.StatusNotModified).respond("")
	return true
}

// Precondition returns an error with status 412 if the client asks for a change
// of something else than what there is by now: its If-Match or
// If-Unmodified-Since (RFC 9110, 13.1.1 and 13.1.4) does not hold for the tag and
// time of change, which are those of [Ctx.NotModified]. Asked before a change, it
// keeps two who edit the same from undoing each other's work.
func (c *Ctx) Precondition(tag string, modified time.Time) error {
	failed := false
	if match := c.Request.Header.Values("If-Match"); len(match) > 0 {
		failed = !listsTag(match, quoteTag(tag), false)
	} else if since, err := http.ParseTime(c.Header("If-Unmodified-Since")); err == nil && !modified.IsZero() {
		failed = modified.Truncate(time.Second).After(since)
	}
	if failed {
		return Errorf(http.StatusPreconditionFailed, "This was changed by somebody else in the meantime.")
	}
	return nil
}

// EntityTags is an After hook that gives answers a tag made of their body, and
// turns those that the client has already into a 304: Flask's add_etag and
// make_conditional. It saves sending them, not making them. It leaves alone what
// is for one visitor only, what has a tag, and streams.
//
//	bp.After(retort.EntityTags)
func EntityTags(c *Ctx, r *Response) error {
	if r.Status != http.StatusOK || r.Streamed() || r.Header.Get("ETag") != "" || c.Private() || c.NonceUsed() || !isRead(c.Request) {
		return nil
	}
	sum := sha256.Sum256(r.Body())
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	r.Header.Set("ETag", tag)
	if c.hasCurrent(tag, time.Time{}) {
		r.Status = http.StatusNotModified
		r.SetBody(nil)
		r.Header.Del("Content-Type")
	}
	return nil
}

// Private reports whether the answer, as far as it is described, is for one
// visitor only: the session was looked at, a cookie is set, or the request
// carried credentials. Such an answer must not be given to anybody else.
func (c *Ctx) Private() bool {
	return c.touched || len(c.w.Header()["Set-Cookie"]) > 0 || len(c.Request.Header["Authorization"]) > 0
}

// hasCurrent reports whether the client's copy has the tag, or is not older.
func (c *Ctx) hasCurrent(tag string, modified time.Time) bool {
	if !isRead(c.Request) {
		return false
	}
	if match := c.Request.Header.Values("If-None-Match"); len(match) > 0 {
		return listsTag(match, tag, true)
	}
	since, err := http.ParseTime(c.Header("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.Truncate(time.Second).After(since)
}

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// listsTag reports whether a tag is in a header, "*" being any. A weak tag stands
// for the same meaning, not for the same bytes, which a change has to ask for.
func listsTag(header []string, tag string, weak bool) bool {
	for _, item := range splitQuoted(strings.Join(header, ","), ',') {
		if item == "*" {
			return true
		}
		if rest, ok := strings.CutPrefix(item, "W/"); ok && weak {
			item = rest
		}
		if tag != "" && item == tag {
			return true
		}
	}
	return false
}

// quoteTag is a tag as the header has it. What cannot stand there (RFC 9110,
// 8.8.3) is hashed.
func quoteTag(tag string) string {
	if tag == "" {
		return ""
	}
	for i := range len(tag) {
		if tag[i] <= ' ' || tag[i] == '"' || tag[i] >= 0x7f || tag[i] == '\\' {
			sum := sha256.Sum256([]byte(tag))
			tag = base64.RawURLEncoding.EncodeToString(sum[:12])
			break
		}
	}
	return `"` + tag + `"`
}
