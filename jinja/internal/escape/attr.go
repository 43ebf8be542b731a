package escape

import (
	"html"
	"strings"
)

// attrKind is the language of an attribute's value.
type attrKind uint8

const (
	attrPlain attrKind = iota
	attrURL
	attrSrcset // URLs with descriptions, between commas
	attrJS
	attrCSS
	attrHTML       // srcdoc
	attrScriptType // the type of a script, which decides what its content is
	attrJSURL      // a URL that the template itself begins with "javascript:"
)

// attrOf returns the kind of the attribute with the name, in lower case, on the element.
func attrOf(name string, e element) attrKind {
	if e == script && name == "type" {
		return attrScriptType
	}
	if isHandler(name) {
		return attrJS
	}
	name = strings.TrimPrefix(name, "data-")
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	switch name {
	case "style":
		return attrCSS
	case "srcdoc":
		return attrHTML
	case "srcset", "imagesrcset":
		return attrSrcset
	case "action", "archive", "background", "cite", "classid", "codebase", "data", "dynsrc", "formaction", "href", "icon",
		"longdesc", "lowsrc", "manifest", "ping", "poster", "profile", "src", "usemap":
		return attrURL
	}
	if strings.Contains(name, "url") || strings.Contains(name, "uri") || strings.Contains(name, "src") {
		return attrURL
	}
	return attrPlain
}

// isHandler reports whether the attribute's value is code: an event handler, or an expression of the libraries that take
// code from attributes (htmx, Alpine, Vue).
func isHandler(name string) bool {
	for _, prefix := range [...]string{"on", "@", ":", "hx-on", "data-hx-on", "x-on:", "x-bind:", "v-on:", "v-bind:"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "x-data", "x-init", "x-show", "x-if", "x-for", "x-text", "x-html", "x-model", "x-effect", "x-bind",
		"v-if", "v-else-if", "v-for", "v-show", "v-text", "v-html", "v-model", "v-bind":
		return true
	}
	return false
}

// isCode reports whether a script of the type is JavaScript, or JSON, which is written the same way. A type that is not
// known is taken for code.
func isCode(mime string, d dynamic) bool {
	mime, _, _ = strings.Cut(mime, ";")
	mime = strings.TrimSpace(mime)
	switch mime {
	case "", "module", "importmap", "speculationrules", "text/babel", "text/jscript", "text/livescript":
		return true
	}
	return d != static || strings.HasSuffix(mime, "json") || strings.Contains(mime, "javascript") || strings.Contains(mime, "ecmascript") ||
		strings.Contains(mime, "typescript") || strings.HasSuffix(mime, "jsx")
}

// inside goes through text within an attribute's value; whole says that the value, or what the template gives of it up to
// its end, is complete.
func (c Context) inside(text string, whole bool) Context {
	if c.attr == attrPlain {
		return c
	}
	entity := !whole && endsInReference(text, c.entity)
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	for i := range len(text) {
		switch b := text[i]; c.attr {
		case attrURL, attrSrcset:
			c.urlByte(b)
		case attrJS, attrJSURL:
			c.jsByte(b)
		case attrCSS:
			c.cssByte(b)
		case attrScriptType:
			c.word.add(b)
		case attrHTML:
			if b == '<' {
				c.url = urlRest // markup: see outputValue
			}
		}
		if c.state == inFailed {
			return c
		}
	}
	c.entity = entity
	return c
}

// endsInReference reports whether text, or text behind an unfinished character reference, ends in one, which what follows
// could finish.
func endsInReference(text string, already bool) bool {
	i := len(text)
	for i > 0 && (isLetter(text[i-1]) || isDigit(text[i-1]) || text[i-1] == '#') {
		i--
	}
	if i == 0 {
		return already
	}
	return text[i-1] == '&'
}
