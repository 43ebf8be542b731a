package escape

// cssState is a place in CSS.
type cssState struct {
	mode    cssMode
	base    cssMode // rule, declaration or value: where a string, comment or URL returns to
	pending byte    // '/' before a comment, '*' in one, '\\' in a string
}

// cssMode is what kind of text CSS is in.
type cssMode uint8

const (
	cssRule  cssMode = iota // where selectors and at-rules stand
	cssDecl                 // where the name of a property stands
	cssValue                // behind the colon of one
	cssDouble
	cssSingle
	cssComment
	cssURL // in url( without quotes
	cssURLDouble
	cssURLSingle
)

// cssByte takes a byte of CSS in the template's text.
func (c *Context) cssByte(b byte) {
	css := &c.css
	switch css.mode {
	case cssDouble, cssSingle:
		switch {
		case css.pending == '\\':
			css.pending = 0
		case b == '\\':
			css.pending = b
		case b == '\n' || b == '\r' || b == '\f', css.mode == cssDouble && b == '"', css.mode == cssSingle && b == '\'':
			css.mode = css.base
		}
	case cssComment:
		if css.pending == '*' && b == '/' {
			css.mode = css.base
		}
		css.pending = 0
		if css.mode == cssComment && b == '*' {
			css.pending = b
		}
	case cssURL, cssURLDouble, cssURLSingle:
		c.cssURLByte(b)
	default:
		c.cssCode(b)
	}
}

func (c *Context) cssCode(b byte) {
	css := &c.css
	slash := css.pending == '/'
	css.pending = 0
	if isLetter(b) || isDigit(b) || b == '-' || b == '_' || b >= 0x80 {
		c.word.add(b)
		return
	}
	if b == '(' && c.word.isUnknown() { // is it "url("?
		*c = failed()
		return
	}
	isURL := b == '(' && c.word.is("url")
	c.word = word{}
	switch {
	case isURL:
		css.mode, c.url, c.dynamic = cssURL, urlStart, static
	case slash && b == '*':
		css.mode = cssComment
	case b == '/':
		css.pending = b
	case b == '"':
		css.mode = cssDouble
	case b == '\'':
		css.mode = cssSingle
	case b == '{':
		css.mode = cssDecl
	case b == '}':
		css.mode = cssRule
	case b == ';' && css.mode == cssValue:
		css.mode = cssDecl
	case b == ':' && css.mode == cssDecl:
		css.mode = cssValue
	}
	switch css.mode {
	case cssRule, cssDecl, cssValue:
		css.base = css.mode
	}
}

// cssURLByte takes a byte behind "url(".
func (c *Context) cssURLByte(b byte) {
	css := &c.css
	switch {
	case css.pending == '\\':
		css.pending = 0
		c.url = urlRest
	case b == '\\':
		css.pending = b
	case css.mode == cssURLDouble && b == '"', css.mode == cssURLSingle && b == '\'', css.mode == cssURL && b == ')':
		*css = cssState{mode: css.base, base: css.base}
		c.url, c.dynamic, c.word = urlStart, static, word{}
	case css.mode == cssURL && c.url == urlStart && c.dynamic != static && (b == '"' || b == '\''):
		*c = failed() // it opens a string on one of two ways
	case css.mode == cssURL && c.url == urlStart && b == '"':
		css.mode = cssURLDouble
	case css.mode == cssURL && c.url == urlStart && b == '\'':
		css.mode = cssURLSingle
	default:
		c.urlByte(b)
	}
}
