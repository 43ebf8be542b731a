package secure

import (
	"net/http"
	"strconv"
)

// MustClose reports whether the answer to r must close the connection: it came
// over HTTP/1 with a Transfer-Encoding.
//
// A request with both Content-Length and Transfer-Encoding is how one request
// is smuggled inside another past a proxy that believes the other header. RFC
// 9112 §6.1 wants the connection closed after it; net/http drops the
// Content-Length and goes on, so that its presence can no longer be seen.
// Browsers never send a Transfer-Encoding, hence closing after each costs
// little. HTTP/1.0 has none, so net/http passes over it without a trace and takes
// the body for the next request; such connections close after each request, as
// they do of old.
func MustClose(r *http.Request) bool {
	return r.ProtoMajor == 1 && (r.ProtoMinor == 0 || len(r.TransferEncoding) > 0)
}

// BadLength reports whether r is an HTTP/2 request whose content-length is
// repeated, is not a plain number ("-1", "+5", "5, 5"), or is not 0 though no
// body follows. net/http goes on in all three cases; a proxy that passes the
// request on as HTTP/1 would announce a body that does not come, and take the
// next user's request for it. RFC 9113 §8.1.1 calls the request malformed:
// answer 400.
func BadLength(r *http.Request) bool {
	v := r.Header["Content-Length"]
	if r.ProtoMajor < 2 || len(v) == 0 {
		return false // of HTTP/1, net/http itself has refused them
	}
	n, err := strconv.ParseUint(v[0], 10, 63)
	return len(v) > 1 || err != nil || v[0][0] == '+' || int64(n) != r.ContentLength
}

// TwoHosts reports whether r is an HTTP/2 request that names one host in
// :authority and another in Host. Only the first is checked, but what stands
// behind may read the second. RFC 9113 §8.3.1 calls the request malformed:
// answer 400.
func TwoHosts(r *http.Request) bool {
	v := r.Header["Host"]
	return len(v) > 1 || len(v) == 1 && v[0] != r.Host
}
