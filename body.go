package retort

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A multipart part announces itself in a header of its own, which net/http
// bounds by the body's size only.
const (
	maxPartHeader = 8 << 10
	maxFileName   = 255
)

// formBody is a parsed form.
type formBody struct {
	values url.Values
	files  map[string][]*File
	err    error
}

// Form returns the first value of a form field of the body.
func (c *Ctx) Form(name string) string { return c.parsedForm().values.Get(name) }

// FormValues returns the fields of the form in the body. The error says what is
// wrong with it: malformed, too many fields, too large. Outside of routes that
// stream, such a request was refused before the handler ran.
func (c *Ctx) FormValues() (url.Values, error) {
	f := c.parsedForm()
	return f.values, f.err
}

// File returns the first uploaded file of a form field; the error is a 400 that
// names the field if there is none, and in development says what the form lacks.
func (c *Ctx) File(name string) (*File, error) {
	files, err := c.Files(name)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		missing := Errorf(http.StatusBadRequest, "No file was sent in the field %q.", name)
		if c.mediaType() == "application/x-www-form-urlencoded" && c.Form(name) != "" {
			return nil, missing.Because(errors.New(`the form sent the file's name only; it needs enctype="multipart/form-data"`))
		}
		return nil, missing
	}
	return files[0], nil
}

// Files returns the uploaded files of a form field.
func (c *Ctx) Files(name string) ([]*File, error) {
	f := c.parsedForm()
	return f.files[name], f.err
}

// Body reads the whole body, which is bounded by the route's or the app's
// MaxContentLength.
func (c *Ctx) Body() ([]byte, error) {
	if c.form != nil {
		return nil, errors.New("the body was read as a form before")
	}
	b, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	return b, nil
}

// DecodeJSON decodes the body into v, a pointer. The request has to say that it
// sends JSON (415 if not: a page elsewhere could otherwise post JSON under the
// name of text), and be one JSON value (400 if not, with the place).
func (c *Ctx) DecodeJSON(v any) error {
	if !isJSON(c.mediaType()) {
		return Errorf(http.StatusUnsupportedMediaType, "Send this as application/json.")
	}
	body, err := c.Body()
	if err != nil {
		return err
	}
	if !utf8.Valid(body) { // RFC 8259, 8.1; encoding/json would put U+FFFD in its place
		return Errorf(http.StatusBadRequest, "The JSON is not UTF-8.")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return jsonError(err)
	}
	return nil
}

func jsonError(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return Errorf(http.StatusBadRequest, "The JSON is malformed at byte %d: %v.", syntax.Offset, syntax).Because(err)
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return Errorf(http.StatusBadRequest, "The JSON field %q cannot be a %s.", typ.Field, typ.Value).Because(err)
	}
	return Errorf(http.StatusBadRequest, "The JSON could not be read.").Because(err)
}

// isJSON reports whether a media type is JSON, as Flask's is_json does.
func isJSON(mediaType string) bool {
	return mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// mediaType is the content type of the body without its parameters, in lower
// case.
func (c *Ctx) mediaType() string { return mediaType(c.Request) }

func mediaType(r *http.Request) string {
	v, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(v))
}

// isForm reports whether the body is one of the two kinds that HTML forms send.
func isForm(mediaType string) bool {
	return mediaType == "application/x-www-form-urlencoded" || mediaType == "multipart/form-data"
}

func (c *Ctx) parsedForm() *formBody {
	if c.form == nil {
		c.form = &formBody{}
		c.form.err = c.form.parse(c)
	}
	return c.form
}

func (f *formBody) parse(c *Ctx) error {
	switch c.mediaType() {
	case "application/x-www-form-urlencoded":
		return f.parseURLEncoded(c)
	case "multipart/form-data":
		return f.parseMultipart(c)
	}
	return nil
}

func (f *formBody) parseURLEncoded(c *Ctx) error {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return bodyError(err)
	}
	if bytes.Count(body, []byte("&")) >= c.App.Config.MaxFormFields {
		return tooManyFields(c.App.Config.MaxFormFields)
	}
	f.values = parseQuery(string(body))
	return nil
}

func tooManyFields(limit int) error {
	return Errorf(http.StatusBadRequest, "The request has more than the %d fields this server accepts.", limit)
}

// bodyError tells a body that is too large from one that stopped coming.
func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return Errorf(http.StatusBadRequest, "The request's body ended too early.").Because(err)
}

func (f *formBody) parseMultipart(c *Ctx) error {
	_, params, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" || len(params["boundary"]) > 70 { // RFC 2046, 5.1.1
		return Errorf(http.StatusBadRequest, "The multipart form has no valid boundary.").Because(err)
	}
	cfg := &c.App.Config
	f.values, f.files = url.Values{}, map[string][]*File{}
	memory := cfg.MaxFormMemorySize
	reader := multipart.NewReader(c.Request.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return partError(err)
		}
		if n >= cfg.MaxFormParts {
			return Errorf(http.StatusRequestEntityTooLarge, "The form has more than the %d parts this server accepts.", cfg.MaxFormParts)
		}
		if err := checkPart(part); err != nil {
			return err
		}
		if memory, err = f.add(part, memory); err != nil {
			return err
		}
	}
}

func partError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return Errorf(http.StatusBadRequest, "The multipart form is malformed.").Because(err)
}

func checkPart(part *multipart.Part) error {
	size := 0
	for k, vs := range part.Header {
		for _, v := range vs {
			size += len(k) + len(v)
		}
	}
	if size > maxPartHeader {
		return Errorf(http.StatusBadRequest, "A part of the form has a header of more than %d bytes.", maxPartHeader)
	}
	if len(part.FileName()) > maxFileName {
		return Errorf(http.StatusBadRequest, "A file's name is longer than %d bytes.", maxFileName)
	}
	return nil
}

// add reads one part; it returns how much memory is left for the others.
func (f *formBody) add(part *multipart.Part, memory int64) (int64, error) {
	name := text(part.FormName())
	if name == "" {
		return memory, nil
	}
	head, err := io.ReadAll(io.LimitReader(part, memory+1))
	if err != nil {
		return memory, partError(err)
	}
	inMemory := int64(len(head)) <= memory
	if part.FileName() == "" {
		if !inMemory {
			return memory, Errorf(http.StatusRequestEntityTooLarge, "The form's fields are larger than this server accepts.")
		}
		f.values.Add(name, text(string(head)))
		return memory - int64(len(head)), nil
	}
	file := &File{ClientName: text(part.FileName()), ContentType: part.Header.Get("Content-Type"), Size: int64(len(head)), data: head}
	f.files[name] = append(f.files[name], file)
	if inMemory {
		return memory - file.Size, nil
	}
	return memory, file.spill(part)
}

// text is s as UTF-8; what is none becomes U+FFFD, as in Werkzeug.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// discard removes what the form keeps on disk.
func (f *formBody) discard() {
	for _, files := range f.files {
		for _, file := range files {
			if file.path != "" {
				_ = os.Remove(file.path) // a temporary file that is gone already is no loss
			}
		}
	}
}

// A File is an uploaded file. It lasts as long as the request.
type File struct {
	// ClientName is the name the client gave, without folders. It is somebody
	// else's text: good to show, not to open. See [File.Name].
	ClientName string

	// ContentType is what the client said the file is.
	ContentType string

	// Size is the number of bytes.
	Size int64

	data []byte
	path string // where the rest of a large file is
}

// spill moves a file that is too large for memory to disk.
func (f *File) spill(rest io.Reader) (err error) {
	tmp, err := os.CreateTemp("", "retort-upload-")
	if err != nil {
		return fmt.Errorf("uploaded file: %w", err)
	}
	f.path = tmp.Name()
	defer func() { err = errors.Join(err, tmp.Close()) }()
	if _, err = tmp.Write(f.data); err != nil {
		return fmt.Errorf("uploaded file: %w", err)
	}
	n, err := io.Copy(tmp, rest)
	if err != nil {
		return partError(err)
	}
	f.Size += n
	f.data = nil
	return nil
}

// Open opens the file for reading.
func (f *File) Open() (io.ReadSeekCloser, error) {
	if f.path == "" {
		return memoryFile{bytes.NewReader(f.data)}, nil
	}
	return os.Open(f.path)
}

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

// Name is ClientName made safe to store under, in the manner of Werkzeug's
// secure_filename: ASCII letters, those with accents without them, digits, dot, dash
// and underscore, no leading dot, never a device name of Windows; but of a path only
// what is behind the last slash. It may be empty, and two files may share one: prefer
// a name of your own.
func (f *File) Name() string { return SafeFilename(f.ClientName) }

// SafeFilename makes a stranger's file name safe to store under; see [File.Name].
func SafeFilename(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.Join(strings.Fields(name), "_")) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		}
	}
	safe := strings.Trim(b.String(), "._")
	stem, _, _ := strings.Cut(strings.ToUpper(safe), ".")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
		"COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
		"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9":
		return "_" + safe
	}
	return safe
}
