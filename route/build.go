package route

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Values are the values for a URL, in the order in which those that are not
// variables appear in its query.
type Values []Value

// A Value is a name with its value. In the path, the last of a name counts. In
// the query, each is written; a slice is written once per element; nil is left
// out everywhere.
type Value struct {
	Name  string
	Value any
}

// get returns the last value of a name, nil if there is none.
func (v Values) get(name string) any {
	for i := len(v) - 1; i >= 0; i-- {
		if v[i].Name == name && v[i].Value != nil {
			return v[i].Value
		}
	}
	return nil
}

// BuildOptions say what kind of URL to build, and where it will stand.
type BuildOptions struct {
	// Method selects among the endpoint's rules those that take it. If empty,
	// rules that take RequestMethod are preferred, then any rule will do.
	Method string

	// RequestMethod is that of the current request; empty means GET.
	RequestMethod string

	Anchor   string // appended after a #, quoted; empty for none
	External bool   // build an absolute URL

	// Scheme is that of absolute URLs: https and wss are secure, anything
	// else is not. WebSocket rules get wss or ws, others https or http.
	Scheme string

	// Host is that of the current request, empty outside of one. Rules that
	// belong to another host or subdomain are built as absolute URLs.
	Host string

	ScriptRoot string // prefix of the application, "" or like "/app"
}

// Build returns the URL of an endpoint: of the first of its rules, those with
// more variables first, that has a value for each variable and no value that
// contradicts its defaults. Values that are no variables become the query.
//
// The bytes are Werkzeug's. In particular a slash inside a value stays a slash,
// so a value can lead to another path than the rule's own, and ".." is not
// looked at: check values that come from outside where that matters. But the
// result never starts with two slashes, and a value for a variable of the host
// is refused if it holds a slash, an at sign, or what a host cannot hold, so no
// value leads to a foreign host.
func (m *Map) Build(endpoint string, values Values, opts BuildOptions) (string, error) {
	if url, ok := m.fixed(endpoint, values, &opts); ok {
		return url, nil
	}
	var space [128]byte
	url, err := m.AppendBuild(space[:0], endpoint, values, opts)
	return string(url), err
}

// fixed returns the URL of an endpoint whose one rule is a path without variables,
// asked for without more ado: most links of a page are such, and cost no
// allocation.
func (m *Map) fixed(endpoint string, values Values, opts *BuildOptions) (string, bool) {
	rules := m.endpoints[endpoint]
	if m.root == nil || len(rules) != 1 || len(values) > 0 || opts.Method != "" || opts.Anchor != "" || opts.External ||
		m.opts.HostMatching || m.opts.SubdomainMatching || canonicalRoot(opts.ScriptRoot) != "" {
		return "", false
	}
	return rules[0].fixed, rules[0].fixed != ""
}

// AppendBuild appends what [Map.Build] returns to dst. On error it returns dst
// as it was.
func (m *Map) AppendBuild(dst []byte, endpoint string, values Values, opts BuildOptions) ([]byte, error) {
	if m.root == nil {
		return dst, errNotCompiled
	}
	from := m.origin(opts.Host, opts.Scheme, opts.ScriptRoot)
	c, err := m.choose(endpoint, values, &opts, &from)
	if err != nil {
		return dst, err
	}
	url, err := m.appendBase(dst, c, values, &opts, &from)
	if err == nil {
		url, err = c.appendPath(url, values)
	}
	if err != nil {
		return dst, fmt.Errorf("route: build %q: %w", endpoint, err)
	}
	url = c.appendQuery(url, values)
	if opts.Anchor != "" {
		url = appendQuoted(append(url, '#'), opts.Anchor, safeInAnchor)
	}
	return url, nil
}

// choose returns the rule to build.
func (m *Map) choose(endpoint string, values Values, opts *BuildOptions, from *origin) (*compiled, error) {
	rules := m.endpoints[endpoint]
	var invalid error
	for _, method := range [...]string{cmp.Or(opts.Method, opts.RequestMethod, "GET"), ""} {
		set := anyMethod
		if method != "" {
			set = m.method(method)
		} else if opts.Method != "" {
			break
		}
		var first *compiled
		for _, c := range rules {
			if !c.suits(values, set) {
				continue
			}
			domain, err := c.tryBuild(values, m.opts.HostMatching)
			switch {
			case errors.Is(err, ErrValidation):
				invalid = err
			case err != nil:
				return nil, fmt.Errorf("route: build %q: %w", endpoint, err)
			case !m.opts.HostMatching || domain == from.domain:
				return c, nil
			case first == nil:
				first = c
			}
		}
		if first != nil {
			return first, nil
		}
	}
	return nil, &BuildError{Endpoint: endpoint, Method: opts.Method, Values: slices.Clone(values), Err: invalid, m: m}
}

// tryBuild returns the host or subdomain that c gives, and an error if its
// converters refuse a value. Only custom ones can refuse a value such that
// another rule is to be tried, and only host matching goes on after success,
// so mostly there is nothing to do.
func (c *compiled) tryBuild(values Values, hostMatching bool) (domain string, err error) {
	if len(c.host) > 0 {
		domain, err = c.domain(values)
	}
	if err == nil && (c.mayRefuse || hostMatching) {
		_, err = appendOps(nil, c.path, values)
	}
	return domain, err
}

// domain returns the host or subdomain of the rule with these values.
func (c *compiled) domain(values Values) (string, error) {
	if len(c.host) == 1 && c.host[0].conv == nil {
		return c.host[0].text, nil
	}
	text, err := appendOps(nil, c.host, values)
	if err == nil && !isHost(string(text), c.rule.Host != "") {
		err = fmt.Errorf("%q cannot be a host", text)
	}
	return string(text), err
}

// isHost reports whether quoted text stays within the host of a URL: no slash
// or at sign, nothing quoted but letters beyond ASCII, and a colon only before
// a port, where one may stand.
func isHost(s string, port bool) bool {
	for i := range len(s) {
		switch s[i] {
		case '/', '@':
			return false
		case ':':
			return port && strings.Trim(s[i+1:], "0123456789") == ""
		case '%':
			if i+1 == len(s) || s[i+1] < '8' {
				return false
			}
		}
	}
	return true
}

// suits reports whether c takes one of the methods, has a value for each
// variable, and no value that contradicts a default.
func (c *compiled) suits(values Values, methods uint64) bool {
	if c.methods&methods == 0 {
		return false
	}
	for _, name := range c.required {
		if values.get(name) == nil {
			return false
		}
	}
	for _, d := range c.defaults {
		if v := values.get(c.names[d.index]); v != nil && !paramOf(v).equal(d.param) {
			return false
		}
	}
	return true
}

// appendBase appends what comes before the path.
func (m *Map) appendBase(dst []byte, c *compiled, values Values, opts *BuildOptions, from *origin) ([]byte, error) {
	domain, err := c.domain(values)
	if err != nil {
		return dst, err
	}
	if opts.External || c.webSocket || !from.known || domain != from.domain {
		host := m.hostOf(domain, from)
		if host == "" {
			return dst, errors.New("an absolute URL needs a host; set Options.ServerName or BuildOptions.Host")
		}
		dst = append(appendScheme(dst, opts.Scheme, c.webSocket), host...)
	}
	return append(dst, from.root...), nil
}

// appendPath appends the rule's path, which starts with exactly one slash
// whatever the values are.
func (c *compiled) appendPath(dst []byte, values Values) ([]byte, error) {
	start := len(dst)
	dst, err := appendOps(dst, c.path, values)
	if err != nil {
		return dst[:start], err
	}
	if slashes := leadingSlashes(string(dst[start:])); slashes > 1 {
		dst = slices.Delete(dst, start+1, start+slashes)
	}
	return dst, nil
}

func leadingSlashes(s string) int { return len(s) - len(strings.TrimLeft(s, "/")) }

// appendQuery appends the values that the rule has no use for.
func (c *compiled) appendQuery(dst []byte, values Values) []byte {
	separator := byte('?')
	add := func(name string, value any) {
		if value == nil {
			return
		}
		dst = append(dst, separator)
		separator = '&'
		dst = append(appendQuotedQuery(dst, name), '=')
		switch v := value.(type) {
		case string:
			dst = appendQuotedQuery(dst, v)
		case int:
			dst = strconv.AppendInt(dst, int64(v), 10)
		default:
			dst = appendQuotedQuery(dst, string(appendText(nil, value)))
		}
	}
	for _, v := range values {
		if v.Value == nil || slices.Contains(c.names, v.Name) {
			continue
		}
		switch list := v.Value.(type) {
		case string, []byte, [16]byte:
			add(v.Name, list)
		case []string:
			for _, s := range list {
				add(v.Name, s)
			}
		default:
			if r := reflect.ValueOf(list); r.Kind() == reflect.Slice || r.Kind() == reflect.Array {
				for i := range r.Len() {
					add(v.Name, r.Index(i).Interface())
				}
			} else {
				add(v.Name, list)
			}
		}
	}
	return dst
}

// An op is a piece of a URL to build: quoted text, or a variable.
type op struct {
	text string
	name string
	conv *converter // nil for text
}

func appendOps(dst []byte, ops []op, values Values) ([]byte, error) {
	for i := range ops {
		o := &ops[i]
		if o.conv == nil {
			dst = append(dst, o.text...)
			continue
		}
		var err error
		if dst, err = o.conv.appendURL(dst, values.get(o.name)); err != nil {
			return dst, fmt.Errorf("value of %s: %w", o.name, err)
		}
	}
	return dst, nil
}

// compileOps prepares building from the tokens of the host and the path.
func (c *compiled) compileOps(host, path []token) error {
	var err error
	if c.host, err = c.ops(host); err != nil {
		return err
	}
	if c.path, err = c.ops(path); err != nil {
		return err
	}
	if len(c.host) == 0 && len(c.path) == 1 && c.path[0].conv == nil && !c.webSocket {
		c.fixed = "/" + strings.TrimLeft(c.path[0].text, "/")
	}
	for _, o := range slices.Concat(c.host, c.path) {
		if o.conv != nil {
			c.required = append(c.required, o.name)
			c.mayRefuse = c.mayRefuse || o.conv.kind == kindCustom && o.conv.custom.Format != nil
		}
	}
	return nil
}

// ops turns tokens into text and variables. A variable with a default becomes
// text.
func (c *compiled) ops(tokens []token) ([]op, error) {
	var ops []op
	for _, t := range tokens {
		o := op{text: Quote(t.text)}
		if t.kind == tokenVariable {
			conv := c.vars[slices.IndexFunc(c.vars, func(v Variable) bool { return v.Name == t.name })].c
			o = op{name: t.name, conv: conv}
			if value, ok := c.rule.Defaults[t.name]; ok {
				text, err := conv.appendURL(nil, value)
				if err != nil {
					return nil, fmt.Errorf("default of %s: %w", t.name, err)
				}
				o = op{text: string(text)}
			}
		}
		if n := len(ops); n > 0 && o.conv == nil && ops[n-1].conv == nil {
			ops[n-1].text += o.text
			continue
		}
		ops = append(ops, o)
	}
	return ops, nil
}

// compareBuild orders rules for building: aliases last, then those with more
// variables first, then those with more defaults.
func (c *compiled) compareBuild(d *compiled) int {
	alias := func(c *compiled) int {
		if c.rule.Alias {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(alias(c), alias(d)),
		cmp.Compare(len(d.names), len(c.names)),
		cmp.Compare(len(d.defaults), len(c.defaults)),
	)
}
