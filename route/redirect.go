package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// follow applies what a rule that was found says about redirects: being an
// alias, spelling out another rule's defaults, and a target of its own. It
// answers Found if none applies.
func (m *Map) follow(c *compiled, req *Request, from *origin, result *Match) Outcome {
	*from = m.origin(req.Host, req.Scheme, "")
	if c.rule.Alias {
		return m.followAlias(c, req, from, result)
	}
	for _, r := range c.providers {
		values := result.values()
		if !r.suits(values, m.method(req.Method)) {
			continue
		}
		for name, value := range r.rule.Defaults {
			values = append(values, Value{name, value})
		}
		return result.redirectTo(m, req, from, r, values, req.WebSocket)
	}
	return c.followTarget(req, result)
}

// followTarget redirects to where RedirectFunc or RedirectTo says.
func (c *compiled) followTarget(req *Request, result *Match) Outcome {
	target, external := "", false
	switch {
	case c.rule.RedirectFunc != nil:
		result.Rule = &c.rule
		target = c.rule.RedirectFunc(result)
		result.Rule = nil
		external = hasScheme(target)
	case len(c.redirect) > 0:
		text, err := appendOps(nil, c.redirect, result.values())
		if err != nil {
			return Found
		}
		target, external = string(text), hasScheme(c.rule.RedirectTo)
	default:
		return Found
	}
	result.location = string(appendQuoted(nil, target, safeInTarget)) // nobody else may have quoted it
	if !external {
		result.location = resolve(string(appendRoot(nil, req)), result.location)
	}
	return Redirect
}

// followAlias redirects to the rule that building prefers. Where only aliases
// take the method, the alias itself answers.
func (m *Map) followAlias(c *compiled, req *Request, from *origin, result *Match) Outcome {
	values := result.values()
	r, err := m.choose(c.rule.Endpoint, values, &BuildOptions{Method: req.Method}, from)
	if err != nil || r.rule.Alias {
		return Found
	}
	return result.redirectTo(m, req, from, r, values, r.webSocket)
}

// redirectTo sets the location to the URL of rule r. A converter that does not
// write what it reads may refuse; then the rule that was found answers.
func (m *Match) redirectTo(table *Map, req *Request, from *origin, r *compiled, values Values, webSocket bool) Outcome {
	domain, err := r.domain(values)
	if err != nil {
		return Found
	}
	path, err := r.appendPath(nil, values)
	if err != nil {
		return Found
	}
	return m.redirect(table, req, from, domain, string(path), webSocket)
}

// redirect sets the location to a quoted path on a domain. WebSocket matters
// only for the scheme, if that is another domain than the request's.
func (m *Match) redirect(table *Map, req *Request, from *origin, domain, path string, webSocket bool) Outcome {
	url := make([]byte, 0, len(path)+len(req.RawQuery)+64)
	if host := table.hostOf(domain, from); host != "" && domain != from.domain {
		url = append(appendScheme(url, req.Scheme, webSocket), host...)
	}
	url = appendRoot(url, req)
	url = appendQuoted(url, path, safeInLocation) // a converter may not have quoted
	if req.RawQuery != "" {
		url = appendQuoted(append(url, '?'), req.RawQuery, safeInLocationQuery)
	}
	m.location = string(url)
	return Redirect
}

// appendRoot appends the script root as it stands in a location.
func appendRoot(dst []byte, req *Request) []byte {
	return appendQuoted(dst, canonicalRoot(req.ScriptRoot), safeInLocation)
}

// appendScheme appends the start of an absolute URL.
func appendScheme(dst []byte, scheme string, webSocket bool) []byte {
	if webSocket {
		dst = append(dst, "ws"...)
	} else {
		dst = append(dst, "http"...)
	}
	if scheme == "https" || scheme == "wss" {
		dst = append(dst, 's')
	}
	return append(dst, "://"...)
}

// values returns the parameters for building another rule.
func (m *Match) values() Values {
	values := make(Values, 0, len(m.c.names))
	for name, p := range m.Params() {
		values = append(values, Value{name, p})
	}
	return values
}

// compileRedirect prepares RedirectTo. The attack to prevent is the open
// redirect: a variable in the target's host, or one that becomes it because
// nothing stands before it, would let a link send people anywhere.
func (c *compiled) compileRedirect() error {
	target := c.rule.RedirectTo
	if strings.HasPrefix(target, "//") {
		return errors.New("RedirectTo starts with two slashes; name the scheme of another host, or write one slash")
	}
	if hasScheme(target) {
		_, rest, _ := strings.Cut(target, ":")
		host := strings.TrimLeft(rest, "/")
		if end := strings.IndexAny(host, "/?#<"); end >= 0 && host[end] == '<' {
			return errors.New("RedirectTo has a variable in its host; use RedirectFunc, and check the value")
		}
	}
	for target != "" {
		text, rest, found := strings.Cut(target, "<")
		if text != "" {
			c.redirect = append(c.redirect, op{text: text})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, ">")
		i := slices.IndexFunc(c.vars, func(v Variable) bool { return v.Name == name })
		if i < 0 || !closed {
			return fmt.Errorf("RedirectTo uses <%s>, which is no variable of the rule; write <name> with one of %q", name, c.names)
		}
		c.redirect = append(c.redirect, op{name: name, conv: c.vars[i].c})
		target = after
	}
	return nil
}

// hasScheme reports whether a URL names its scheme, and so can name a host.
func hasScheme(url string) bool {
	end := strings.IndexAny(url, ":/?#<")
	if end <= 0 || url[end] != ':' {
		return false
	}
	return strings.IndexFunc(url[:end], func(r rune) bool {
		return ('a' > r|0x20 || r|0x20 > 'z') && ('0' > r || r > '9') && !strings.ContainsRune("+-.", r)
	}) < 0
}

// resolve finds the absolute path that a reference means in the application
// at root. It treats dots and empty segments as Python's urljoin does.
func resolve(root, reference string) string {
	path, tail := reference, ""
	if i := strings.IndexAny(reference, "?#"); i >= 0 {
		path, tail = reference[:i], reference[i:]
	}
	if path == "" {
		return root + "/" + tail
	}
	segments := strings.Split(path, "/")
	if path[0] != '/' {
		segments = strings.Split(root+"/"+path, "/")
		last := len(segments) - 1
		middle := slices.DeleteFunc(segments[1:last:last], func(s string) bool { return s == "" })
		segments = append(segments[:1+len(middle)], path[strings.LastIndexByte(path, '/')+1:])
	}
	var resolved []string
	for _, s := range segments {
		switch s {
		case ".":
		case "..":
			resolved = resolved[:max(0, len(resolved)-1)]
		default:
			resolved = append(resolved, s)
		}
	}
	if last := segments[len(segments)-1]; last == "." || last == ".." {
		resolved = append(resolved, "")
	}
	return "/" + strings.TrimLeft(strings.Join(resolved, "/"), "/") + tail
}
