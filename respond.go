package retort

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/retort-go/retort/secure"
)

// Status sets the status of the answer that is described next:
//
//	return c.Status(201).JSON(post)
func (c *Ctx) Status(status int) *Ctx {
	c.status = status
	return c
}

// Text answers with plain text.
func (c *Ctx) Text(s string) error {
	buf := c.buffer()
	*buf = append(*buf, s...)
	return c.describe(mimeText)
}

// HTML answers with a page that is HTML already. Nothing in it is escaped:
// pages with anything from outside in them are the business of [Ctx.Render].
func (c *Ctx) HTML(page string) error {
	buf := c.buffer()
	*buf = append(*buf, page...)
	return c.describe(mimeHTML)
}

// JSON answers with v as encoding/json writes it, or [Config.JSON].
func (c *Ctx) JSON(v any) error {
	buf := c.buffer()
	var err error
	if encode := c.App.Config.JSON; encode != nil {
		*buf, err = encode(*buf, v)
		*buf = append(*buf, '\n')
	} else {
		err = json.NewEncoder((*appendWriter)(buf)).Encode(v)
	}
	if err != nil {
		return fmt.Errorf("answer as JSON: %w", err)
	}
	return c.describe(mimeJSON)
}

// Bytes answers with data of the given content type.
func (c *Ctx) Bytes(contentType string, data []byte) error {
	c.respond(contentType)
	c.Response.body = data
	return nil
}

// NoContent answers 204.
func (c *Ctx) NoContent() error {
	c.status = http.StatusNoContent
	c.respond("")
	return nil
}

// Redirect answers with a redirect to the URL of an endpoint, with values as
// for [Ctx.URL]: 303, so that a form's POST is followed by a GET.
func (c *Ctx) Redirect(endpoint string, values ...any) error {
	u, err := c.URL(endpoint, values...)
	if err != nil {
		return err
	}
	c.redirect(u)
	return nil
}

// RedirectTo answers with a redirect to a path on this site, such as the `next`
// of a login form. A target that a browser would take to another site is an
// error with status 400, however it is disguised: "//evil", "/\evil",
// "https:evil", a tab in between.
func (c *Ctx) RedirectTo(target string) error {
	local, ok := secure.LocalURL(target)
	if !ok {
		return Errorf(http.StatusBadRequest, "The address to go to is not on this site.")
	}
	c.redirect(local)
	return nil
}

// RedirectExternal answers with a redirect to an absolute http or https URL
// anywhere. The URL must not come from the request: that would lend this site's
// good name to whoever sent it.
func (c *Ctx) RedirectExternal(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("redirect to %q: not an absolute http or https URL", target)
	}
	c.redirect(u.String())
	return nil
}

func (c *Ctx) redirect(target string) {
	if c.status == 0 {
		c.status = http.StatusSeeOther
	}
	c.respond("")
	c.Response.Header["Location"] = []string{target}
}

// SendFile answers with a file of files: with its content type by name, its
// modification time and an entity tag made of that and the size, and with ranges
// and conditions as RFC 9110 has them. A name that is no regular file, or that leaves the folder,
// or that starts with a dot anywhere, is 404.
func (c *Ctx) SendFile(files fs.FS, name string) error {
	f, info, err := openRegular(files, name)
	if err != nil {
		return err
	}
	c.sendFile(f, info, name)
	return nil
}

// sendFile answers with an open file, which it closes.
func (c *Ctx) sendFile(f io.ReadSeekCloser, info fs.FileInfo, name string) {
	c.respond(contentTypeOf(name))
	if at := info.ModTime(); !at.IsZero() { // files that are built in have no time
		c.Response.Header["Etag"] = []string{fmt.Sprintf(`"%x-%x"`, at.UnixNano(), info.Size())}
	}
	c.Response.write = func(w http.ResponseWriter, r *http.Request) (err error) {
		defer func() { err = errors.Join(err, f.Close()) }()
		boundRanges(r)
		http.ServeContent(w, r, "", info.ModTime(), f)
		return nil
	}
}

// Download answers like [Ctx.SendFile], to be saved under the given name.
func (c *Ctx) Download(files fs.FS, name, as string) error {
	if err := c.SendFile(files, name); err != nil {
		return err
	}
	c.Attachment(as)
	return nil
}

// Attachment marks the response as a download under the given name, which may
// hold anything: RFC 6266 says how to write it.
func (c *Ctx) Attachment(name string) {
	c.SetHeader("Content-Disposition", contentDisposition(name))
}

// contentDisposition is RFC 6266 with both forms of the name: one in ASCII for
// old clients, one in UTF-8 as RFC 8187 encodes it.
func contentDisposition(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if strings.Trim(name, "./") == "" {
		name = "download" // no name for a file
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' || r == '\\' || r > 0x7e {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return `attachment; filename="` + plain + `"`
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + encodeExtValue(name)
}

// encodeExtValue percent-encodes all but RFC 8187's attr-char.
func encodeExtValue(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		ch := s[i]
		if 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || '0' <= ch && ch <= '9' || strings.IndexByte("!#$&+-.^_`|~", ch) >= 0 {
			b.WriteByte(ch)
			continue
		}
		b.Write([]byte{'%', hex[ch>>4], hex[ch&15]})
	}
	return b.String()
}

// Stream answers with what write writes, as it is written. The headers have gone
// out by then, so an error can only cut the connection, which the client sees;
// it is logged. Use it on a route that [Route.Streams].
func (c *Ctx) Stream(contentType string, write func(w io.Writer) error) error {
	c.respond(contentType)
	c.Response.write = func(w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(c.Response.Status)
		if r.Method == http.MethodHead {
			return nil // nobody waits for an end, which there may not be
		}
		return write(flushWriter{w, http.NewResponseController(w)})
	}
	return nil
}

// flushWriter sends each write on its way: who streams means now.
type flushWriter struct {
	w  io.Writer
	rc *http.ResponseController
}

func (f flushWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		return n, err
	}
	if err := f.rc.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return n, err
	}
	return n, nil
}

// SetHeader sets a header of the answer, also of one not described yet.
func (c *Ctx) SetHeader(name, value string) { c.w.Header().Set(name, value) }

// AddHeader adds a header to the answer, also to one not described yet.
func (c *Ctx) AddHeader(name, value string) { c.w.Header().Add(name, value) }

// Values of Content-Type, shared by all answers: they are read only.
var (
	mimeText = []string{"text/plain; charset=utf-8"}
	mimeHTML = []string{"text/html; charset=utf-8"}
	mimeJSON = []string{"application/json"}
)

// describe sets the response to the buffer's content.
func (c *Ctx) describe(contentType []string) error {
	c.begin()
	c.Response.Header["Content-Type"] = contentType
	c.Response.body = *c.buf
	return nil
}

func (c *Ctx) respond(contentType string) {
	c.begin()
	if contentType != "" {
		c.Response.Header["Content-Type"] = []string{contentType}
	}
}

// begin starts a new response, in place of one that was described before.
func (c *Ctx) begin() {
	status := c.status
	if status == 0 {
		status = http.StatusOK
	}
	c.status = 0
	c.answer = Response{Status: status, Header: c.w.Header()}
	c.Response = &c.answer
}

// buffer is where the body is put together; it is emptied for each response.
func (c *Ctx) buffer() *[]byte {
	if c.buf == nil {
		c.buf = buffers.Get().(*[]byte)
	}
	*c.buf = (*c.buf)[:0]
	return c.buf
}

// maxPooledBuffer keeps one huge page from occupying memory for ever.
const maxPooledBuffer = 1 << 20

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

func (c *Ctx) releaseBuffer() {
	if c.buf != nil && cap(*c.buf) <= maxPooledBuffer {
		buffers.Put(c.buf)
	}
	c.buf = nil
}

// appendWriter is an io.Writer that appends.
type appendWriter []byte

func (w *appendWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
