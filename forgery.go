package retort

import (
	"fmt"
	"net/http"

	"github.com/retort-go/retort/csrf"
)

// csrfSecretKey is the session value that a page's tokens are made from, under
// Flask-WTF's name.
const csrfSecretKey = "csrf_token"

// csrfHeaders may carry the token instead of the form field, as in Flask-WTF.
var csrfHeaders = []string{"X-Csrftoken", "X-Csrf-Token"}

// checkForgery refuses a request that another site may have made its visitor's
// browser send. Only unsafe methods are looked at: GET must change nothing.
//
// First the browser's own word: Sec-Fetch-Site, or Origin. If it tells of
// another site, that is the end. Then the proof that the request came from a
// page of this session:
//
//   - Whatever an HTML form can send (POST as a form, as text/plain or without a
//     type) must carry the session's token, whatever its headers say.
//   - All else a browser sends across sites only after asking with a preflight,
//     which this app allows nobody, or with package cors its trusted origins. So
//     the browser's word that it is the same origin is enough there; without a
//     word (neither header: an old browser, a program) the token is needed as soon
//     as the request carries a cookie or other credentials that the browser adds
//     by itself: Basic, Negotiate, but not a bearer token. Without those there is
//     nothing to abuse.
func (c *Ctx) checkForgery() error {
	r := c.Request
	if csrf.Safe(r.Method) || c.route.noCSRF {
		return nil
	}
	verdict := csrf.CheckOrigin(r.Header, c.Scheme(), c.host, c.App.Config.TrustedOrigins)
	switch {
	case verdict.Outcome == csrf.Cross:
		return c.forged(verdict.Reason)
	case sentByForm(r):
	case verdict.Outcome == csrf.Same, !ambientCredentials(r):
		return nil
	}
	token, err := c.sentToken()
	if err != nil {
		return err
	}
	if token == "" {
		return c.forged("the CSRF token is missing")
	}
	s := c.Session()
	if s.failure != nil {
		return s.failure
	}
	held := s.String(csrfSecretKey)
	if format := c.App.Config.InsecureSHA1Sessions; format != nil {
		if err := format.CheckFormToken(held, token, c.App.Config.now()); err != nil {
			return c.forged(err.Error())
		}
		return nil
	}
	secret, ok := csrf.ParseSecret(held)
	if !ok {
		return c.forged("the session holds no CSRF token")
	}
	if !csrf.Verify(secret, token) {
		return c.forged("the CSRF token is not the session's")
	}
	return nil
}

// sentByForm reports whether an HTML form could have sent the request: what the
// Fetch standard calls a CORS-safelisted method and content type.
func sentByForm(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	t := mediaType(r)
	return t == "" || t == "text/plain" || isForm(t)
}

// ambientCredentials reports whether the request carries what a browser adds by
// itself, whoever made it send the request.
func ambientCredentials(r *http.Request) bool {
	if len(r.Header["Cookie"]) > 0 {
		return true
	}
	_, bearer := bearerToken(r)
	return len(r.Header["Authorization"]) > 0 && !bearer
}

// sentToken finds the token where Flask-WTF looks for it: in the form, then in a
// header. The body of a route that streams is left alone.
func (c *Ctx) sentToken() (string, error) {
	if isForm(mediaType(c.Request)) && !c.route.stream && !c.route.std {
		fields, err := c.FormValues()
		if err != nil {
			return "", err
		}
		if token := fields.Get(csrf.FieldName); token != "" {
			return token, nil
		}
	}
	for _, name := range csrfHeaders {
		if v := c.Request.Header[name]; len(v) > 0 {
			return v[0], nil
		}
	}
	return "", nil
}

func (c *Ctx) forged(reason string) error {
	return Errorf(http.StatusForbidden,
		"This form is no longer valid, or was sent from somewhere else. Go back, reload the page and send it again.").
		Because(fmt.Errorf("cross-site request forgery: %s", reason))
}

// CSRFToken returns a token for a form or a script of the page being made. It
// differs each time, so that compression cannot be used to guess it (BREACH),
// and is good for as long as the session. In templates it is csrf_token().
func (c *Ctx) CSRFToken() (string, error) {
	s := c.Session()
	if s.format != nil {
		return c.foreignToken(s)
	}
	secret, ok := csrf.ParseSecret(s.String(csrfSecretKey))
	if !ok {
		secret = csrf.NewSecret()
		if err := s.Set(csrfSecretKey, secret.Encode()); err != nil {
			return "", fmt.Errorf("csrf token: %w", err)
		}
	}
	return csrf.Mask(secret), nil
}

// foreignToken is CSRFToken where the session is another framework's.
func (c *Ctx) foreignToken(s *Session) (string, error) {
	secret, token, err := s.format.FormToken(s.String(csrfSecretKey), c.App.Config.now())
	if err == nil {
		err = s.Set(csrfSecretKey, secret)
	}
	if err != nil {
		return "", fmt.Errorf("csrf token: %w", err)
	}
	return token, nil
}
