package retort

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/retort-go/retort/route"
)

// Dir is a folder as an [fs.FS]. Unlike os.DirFS it cannot be left, neither by
// ".." nor through a symbolic link: every file is opened below an [os.Root].
func Dir(name string) (fs.FS, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

// staticParam is the parameter of static routes, under Flask's name.
const staticParam = "filename"

// staticFiles serves one folder and knows the fingerprints of its files.
type staticFiles struct {
	app   *App
	files fs.FS

	mu     sync.RWMutex
	prints map[string]print
}

// print is the fingerprint of a file as it was at a time.
type print struct {
	hash     string
	modified time.Time
	size     int64
}

// addStatic gives a scaffold with static files the route that serves them.
func (k *compiler) addStatic(s *Scaffold, at place, chain []*Hooks) {
	st := &staticFiles{app: k.app, files: s.static, prints: map[string]print{}}
	r := &Route{Endpoint: "static", handler: st.serve, declared: "static files",
		rule: route.Rule{Path: "/static/<path:" + staticParam + ">", Methods: []string{http.MethodGet}}}
	if k.app.Config.HostMatching {
		r.rule.Host = k.app.Config.ServerName
	}
	k.addRoute(r, at, chain)
	k.app.statics[join(at.name, "static")] = st
}

// serve answers with one file. A URL that carries the fingerprint of what the
// file is now may be kept for ever; any other is asked for again each time.
func (st *staticFiles) serve(c *Ctx) error {
	name := c.Param(staticParam)
	f, info, err := openRegular(st.files, name)
	if err != nil {
		return err
	}
	hash, err := st.take(name, f, info)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	c.sendFile(f, info, name)
	h := c.Response.Header
	h["Etag"] = []string{`"` + hash + `"`}
	if v := c.Query("v"); v == hash {
		h["Cache-Control"] = cacheForEver
	} else {
		h["Cache-Control"] = cacheAsk
	}
	return nil
}

var (
	cacheForEver = []string{"public, max-age=31536000, immutable"}
	cacheAsk     = []string{"public, no-cache"}
)

// fingerprint adds to the values of a static URL the one that changes with the
// file, so that browsers may keep the file and still see the next version.
func (st *staticFiles) fingerprint(values route.Values) route.Values {
	for _, v := range values {
		name, ok := v.Value.(string)
		if v.Name != staticParam || !ok {
			continue
		}
		if hash, err := st.hash(name); err == nil {
			return append(values, route.Value{Name: "v", Value: hash})
		}
	}
	return values
}

// hash is the fingerprint of a file as it was last served, and in development as it
// is.
func (st *staticFiles) hash(name string) (string, error) {
	if known, ok := st.known(name); ok && !st.app.Config.Debug {
		return known.hash, nil
	}
	f, info, err := openRegular(st.files, name)
	if err != nil {
		return "", err
	}
	hash, err := st.take(name, f, info)
	return hash, errors.Join(err, f.Close())
}

func (st *staticFiles) known(name string) (print, bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	p, ok := st.prints[name]
	return p, ok
}

// take returns the fingerprint of an open file: 96 bits of SHA-256. It is taken
// again when the file has changed, which under an old one would never be asked for.
func (st *staticFiles) take(name string, f io.ReadSeeker, info fs.FileInfo) (string, error) {
	if p, ok := st.known(name); ok && p.modified.Equal(info.ModTime()) && p.size == info.Size() {
		return p.hash, nil
	}
	sum := sha256.New()
	_, err := io.Copy(sum, f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", fmt.Errorf("static file %s: %w", name, err)
	}
	p := print{base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12]), info.ModTime(), info.Size()}
	st.mu.Lock()
	st.prints[name] = p
	st.mu.Unlock()
	return p.hash, nil
}

// openRegular opens a regular file for serving. Anything else is not found: a
// folder (no listings), a device or pipe (it would block), a name that starts
// with a dot anywhere (.git, .env), a name that is no clean relative path.
func openRegular(files fs.FS, name string) (io.ReadSeekCloser, fs.FileInfo, error) {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") || strings.ContainsAny(name, "\\:\x00") {
		return nil, nil, Errorf(http.StatusNotFound, "")
	}
	// Stat first: merely opening a named pipe waits for its other end.
	if info, err := fs.Stat(files, name); err != nil || !info.Mode().IsRegular() {
		return nil, nil, notFound(err)
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, nil, notFound(err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if seeker, ok := f.(io.ReadSeekCloser); ok {
			return seeker, info, nil
		}
		err = fmt.Errorf("%T cannot seek", f)
	}
	return nil, nil, errors.Join(notFound(err), f.Close())
}

func notFound(cause error) error {
	if cause == nil || errors.Is(cause, fs.ErrNotExist) || errors.Is(cause, fs.ErrPermission) || errors.Is(cause, fs.ErrInvalid) {
		return (&Error{Status: http.StatusNotFound}).Because(cause)
	}
	if pathErr, ok := errors.AsType[*fs.PathError](cause); ok && strings.Contains(pathErr.Err.Error(), "escapes from parent") {
		return (&Error{Status: http.StatusNotFound}).Because(cause)
	}
	return cause
}

// contentTypeOf goes by the name alone: guessing from the content is how an
// upload called .txt becomes a page with scripts.
func contentTypeOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := webTypes[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// webTypes are the types pages are made of, which must not depend on what the
// machine has in /etc/mime.types.
var webTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".csv":   "text/csv; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".map":   "application/json",
	".md":    "text/markdown; charset=utf-8",
	".mjs":   "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
	".webp":  "image/webp",
	".woff2": "font/woff2",
}

// maxRanges bounds the parts of one answer: a request may ask for thousands of
// one-byte ranges, each of which costs the server more than the client.
const maxRanges = 5

// boundRanges drops a Range header that asks for too many; the whole file is
// then the answer, as RFC 9110, 14.2 allows.
func boundRanges(r *http.Request) {
	if v := r.Header.Get("Range"); strings.Count(v, ",") >= maxRanges {
		r.Header.Del("Range")
	}
}
