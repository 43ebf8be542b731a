package retort

import (
	"net/http"
)

// A Response is an answer not yet written. Handlers describe it through the
// methods of [Ctx]; After hooks may change it. Nothing reaches the client before
// the last of them has run, so a cookie is never too late and a template that
// fails half-way is a clean error page.
type Response struct {
	// Status is the HTTP status.
	Status int

	// Header holds the answer's headers. Security headers are added when the
	// response is written, after the last hook and signal; one that is already here
	// is kept.
	Header http.Header

	body []byte
	// write, if set, makes the body itself: files, streams, mounted handlers. It
	// calls WriteHeader with the response's status.
	write func(w http.ResponseWriter, r *http.Request) error
}

// Body is the body as it stands, nil for a file or a stream. It must not be
// kept beyond the request.
func (r *Response) Body() []byte { return r.body }

// SetBody replaces the body, also that of a file or a stream.
func (r *Response) SetBody(body []byte) { r.body, r.write = body, nil }

// Streamed reports whether the body is a file or a stream, written piece by
// piece.
func (r *Response) Streamed() bool { return r.write != nil }
