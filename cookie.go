package retort

import (
	"net/http"
	"strings"
)

// SetCookie adds a cookie to the answer. It is Secure, HttpOnly and
// SameSite=Lax unless the request came over plain HTTP to this machine itself,
// where Secure would lose it, or the cookie sets another SameSite. A negative
// MaxAge removes the cookie.
//
// The value may be any text: what a cookie cannot hold is written as Werkzeug and
// Python's http.cookies write it, in quotes and with octal escapes, and read by
// [Ctx.Cookie]. What browsers would not keep, more than 4093 bytes or a name that is
// none, is logged.
func (c *Ctx) SetCookie(cookie http.Cookie) {
	if cookie.SameSite == 0 {
		cookie.SameSite = http.SameSiteLaxMode
	}
	if cookie.Path == "" {
		cookie.Path = "/"
	}
	cookie.HttpOnly = true
	cookie.Secure = c.SecureCookies()
	value := quoteCookie(cookie.Value)
	cookie.Value, cookie.Quoted = "", false
	// What is written with an empty value begins with the name and "=".
	rest, ok := strings.CutPrefix(cookie.String(), cookie.Name+"=")
	if !ok {
		c.App.Config.Logger.Error("cookie not set: it has no valid name", "request", c.ID(), "cookie", cookie.Name)
		return
	}
	line := cookie.Name + "=" + value + rest
	if len(line) > maxCookie {
		c.App.Config.Logger.Warn("browsers drop this cookie: it is too large", "request", c.ID(), "cookie", cookie.Name, "bytes", len(line))
	}
	c.AddHeader("Set-Cookie", line)
}

// Cookie returns the value of a cookie of the request.
func (c *Ctx) Cookie(name string) string {
	value, _ := findCookie(c.Request.Header["Cookie"], name)
	return unquoteCookie(value)
}

// findCookie looks for a cookie without parsing the others. The first of a name
// wins, as in Werkzeug; a cookie without a name is nobody's.
func findCookie(headers []string, name string) (string, bool) {
	for _, line := range headers {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if ok && key == name {
				if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
					value = value[1 : n-1]
				}
				return value, true
			}
		}
	}
	return "", false
}

// plainInCookies are the characters besides letters and digits that need no
// quotes: Werkzeug's list.
const plainInCookies = "!#$%&'()*+-./:<=>?@[]^_`{|}~"

func quoteCookie(value string) string {
	plain := func(ch byte) bool {
		return 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || '0' <= ch && ch <= '9' || strings.IndexByte(plainInCookies, ch) >= 0
	}
	i := 0
	for i < len(value) && plain(value[i]) {
		i++
	}
	if i == len(value) {
		return value
	}
	b := []byte{'"'}
	for i := range len(value) {
		switch ch := value[i]; {
		case ch == '"' || ch == '\\':
			b = append(b, '\\', ch)
		case plain(ch) || ch == ' ':
			b = append(b, ch)
		default:
			b = append(b, '\\', '0'+ch>>6, '0'+ch>>3&7, '0'+ch&7)
		}
	}
	return string(append(b, '"'))
}

// unquoteCookie reads what quoteCookie wrote, its quotes taken off.
func unquoteCookie(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	b := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		rest := value[i:]
		switch {
		case len(rest) >= 4 && rest[0] == '\\' && '0' <= rest[1] && rest[1] <= '3' && isOctal(rest[2]) && isOctal(rest[3]):
			b = append(b, (rest[1]-'0')<<6|(rest[2]-'0')<<3|(rest[3]-'0'))
			i += 3
		case len(rest) >= 2 && rest[0] == '\\':
			b = append(b, rest[1])
			i++
		default:
			b = append(b, rest[0])
		}
	}
	return string(b)
}

func isOctal(ch byte) bool { return '0' <= ch && ch <= '7' }
