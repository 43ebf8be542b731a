package retort

import (
	"net/http"
	"strings"
)

// BearerToken returns the token of the request's Authorization header (RFC 6750,
// 2.1), empty if there is none. It is as it came: what it stands for is up to
// the app, and only a comparison in constant time may say so.
func (c *Ctx) BearerToken() string {
	token, ok := bearerToken(c.Request)
	if !ok {
		return ""
	}
	return token
}

// BasicAuth returns the user and password of the request's Authorization header
// (RFC 7617). They come with every request, so check them with a hash that is
// made for it, behind a [Route.Limit].
func (c *Ctx) BasicAuth() (user, password string, ok bool) {
	if len(c.Request.Header["Authorization"]) != 1 {
		return "", "", false
	}
	return c.Request.BasicAuth()
}

// Unauthorized is a 401 that says how to log in: scheme is "Bearer" or "Basic",
// realm a name for what is guarded (RFC 9110, 11.6.1).
func Unauthorized(scheme, realm string) *Error {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace(realm) + `"`
	return &Error{Status: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": {scheme + " realm=" + quoted}}}
}

// bearerToken finds a token that a program added; a browser adds none by itself.
// Of two headers neither is meant: what stands in front may have read the other.
func bearerToken(r *http.Request) (string, bool) {
	v := r.Header["Authorization"]
	if len(v) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(v[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	token = strings.TrimLeft(token, " ")
	return token, token != "" && !strings.ContainsAny(token, " ,\t")
}
