package form

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Rule is something that has to hold for a field. Rules look at values that
// were given: a field that is not required may be empty whatever its rules say.
type Rule[T any] struct {
	check    func(T) message
	attrs    map[string]string
	required bool
	says     string // instead of what the rule says by itself
}

// Saying replaces what is said when the rule is broken.
func (r Rule[T]) Saying(text string) Rule[T] {
	r.says = text
	if check := r.check; check != nil {
		r.check = func(v T) message {
			if check(v).text == "" {
				return message{}
			}
			return message{text: text}
		}
	}
	return r
}

// Must is a rule of your own: ok has to hold, or text is what is wrong.
func Must[T any](text string, ok func(T) bool) Rule[T] { return must(message{text: text}, ok) }

func must[T any](m message, ok func(T) bool) Rule[T] {
	return Rule[T]{check: func(v T) message {
		if ok(v) {
			return message{}
		}
		return m
	}}
}

// Required says that the field has to be filled in.
func Required[T any]() Rule[T] { return Rule[T]{required: true} }

// Length bounds a text, in characters; a high of 0 means no bound.
func Length(low, high int) Rule[string] {
	attrs := map[string]string{}
	if low > 0 {
		attrs["minlength"] = strconv.Itoa(low)
	}
	if high > 0 {
		attrs["maxlength"] = strconv.Itoa(high)
	}
	return Rule[string]{attrs: attrs, check: func(s string) message {
		n := utf8.RuneCountInString(s)
		switch {
		case n < low:
			return message{"This has to have at least %d characters.", []any{low}}
		case high > 0 && n > high:
			return message{"This can have at most %d characters.", []any{high}}
		}
		return message{}
	}}
}

// Range bounds a number, both ends included.
func Range[T cmp.Ordered](low, high T) Rule[T] {
	return Rule[T]{
		attrs: map[string]string{"min": fmt.Sprint(low), "max": fmt.Sprint(high)},
		check: func(v T) message {
			if v < low || v > high {
				return message{"This has to be between %v and %v.", []any{low, high}}
			}
			return message{}
		},
	}
}

// Pattern says that a text has to match a regular expression as a whole. The
// message says what that means, in words. A bad expression panics.
func Pattern(expression, message string) Rule[string] {
	re := regexp.MustCompile("^(?:" + expression + ")$")
	r := Must(message, re.MatchString)
	r.attrs = map[string]string{"pattern": expression}
	return r
}

// Email says that a text has to be one mail address, without a name.
func Email() Rule[string] {
	return Must("This has to be an e-mail address.", func(s string) bool {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s && len(s) <= 254 && strings.Contains(s[strings.LastIndexByte(s, '@'):], ".")
	})
}

// URL says that a text has to be an absolute http or https URL.
func URL() Rule[string] {
	return Must("This has to be a web address.", func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
	})
}

// IPAddress says that a text has to be an IPv4 or IPv6 address.
func IPAddress() Rule[string] {
	return Must("This has to be an IP address.", func(s string) bool {
		_, err := netip.ParseAddr(s)
		return err == nil
	})
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// UUID says that a text has to be a UUID with dashes.
func UUID() Rule[string] { return Must("This has to be a UUID.", uuid.MatchString) }

// MACAddress says that a text has to be the hardware address of a network card.
func MACAddress() Rule[string] {
	return Must("This has to be a MAC address.", func(s string) bool {
		a, err := net.ParseMAC(s)
		return err == nil && len(a) == 6
	})
}

// OneOf allows some values only.
func OneOf[T comparable](message string, values ...T) Rule[T] {
	return Must(message, func(v T) bool { return slices.Contains(values, v) })
}

// NoneOf refuses some values.
func NoneOf[T comparable](message string, values ...T) Rule[T] {
	return Must(message, func(v T) bool { return !slices.Contains(values, v) })
}

// Each applies rules to every file of several, as in Each(FileTypes("png")).
func Each(rules ...Rule[*Upload]) Rule[[]*Upload] {
	r := Rule[[]*Upload]{attrs: map[string]string{}}
	for _, rule := range rules {
		maps.Copy(r.attrs, rule.attrs)
	}
	r.check = func(files []*Upload) message {
		for _, f := range files {
			for _, rule := range rules {
				if rule.check == nil {
					continue
				}
				if m := rule.check(f); m.text != "" {
					return m
				}
			}
		}
		return message{}
	}
	return r
}

// FileSize bounds an uploaded file, in bytes.
func FileSize(most int64) Rule[*Upload] {
	return must(message{"The file can have at most %d bytes.", []any{most}}, func(u *Upload) bool { return u.Size <= most })
}

// FileTypes allows files by the ending of their names ("png", "pdf"). What a
// file is called says little about what it is; look at its content before it is
// shown to anybody.
func FileTypes(endings ...string) Rule[*Upload] {
	r := must(message{"Files of this kind are not taken; use %s.", []any{strings.Join(endings, ", ")}}, func(u *Upload) bool {
		have := strings.ToLower(strings.TrimPrefix(path.Ext(u.Name), "."))
		for _, e := range endings {
			if have == e {
				return true
			}
		}
		return false
	})
	r.attrs = map[string]string{"accept": "." + strings.Join(endings, ",.")}
	return r
}
