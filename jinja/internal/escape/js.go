package escape

// jsState is a place in JavaScript or JSON. The zero jsState is its start.
type jsState struct {
	mode    jsMode
	before  jsBefore
	pending byte // the first byte of something longer: '/' in code, '*' in a comment, '$' in a template, '\\' in quotes

	// parens remembers for the innermost open parentheses whether each is that of an if, while, for or with: behind such
	// a ")" a slash begins a regular expression, behind others it divides.
	parens uint16

	// levels is how many templates the code is inside of; braces counts the "{" open in the code of each.
	levels uint8
	braces [3]uint8
}

// jsMode is what kind of text JavaScript is in.
type jsMode uint8

const (
	jsCode jsMode = iota
	jsDouble
	jsSingle
	jsTemplate
	jsRegexp
	jsRegexpClass
	jsLineComment
	jsBlockComment
	jsUnknown // a slash was ambiguous, or quotes did not match
)

// jsBefore is what code stands before a place, as far as it decides what a slash or a value means there.
type jsBefore uint8

const (
	jsOperator  jsBefore = iota // or nothing: an expression may follow
	jsOperand                   // a slash divides
	jsCondition                 // if, while, for or with
	jsDot
	jsPlus
	jsMinus
	jsBrace // "}": a block before a regular expression, or an object before a division
	jsMixed // one of two branches
)

// jsByte takes a byte of code in the template's text.
func (c *Context) jsByte(b byte) {
	js := &c.js
	switch js.mode {
	case jsCode:
		c.jsCode(b)
	case jsDouble, jsSingle:
		switch {
		case js.pending == '\\':
			js.pending = 0
		case b == '\\':
			js.pending = b
		case b == '\n' || b == '\r':
			c.loseJS()
		case js.mode == jsDouble && b == '"', js.mode == jsSingle && b == '\'':
			c.jsValueEnds()
		}
	case jsTemplate:
		c.jsTemplateByte(b)
	case jsRegexp, jsRegexpClass:
		switch {
		case b == '\n' || b == '\r':
			c.loseJS()
		case js.pending == '\\':
			js.pending = 0
		case b == '\\':
			js.pending = b
		case b == '[':
			js.mode = jsRegexpClass
		case b == ']':
			js.mode = jsRegexp
		case b == '/' && js.mode == jsRegexp:
			c.jsValueEnds()
		}
	case jsLineComment:
		if b == '\n' || b == '\r' {
			js.mode = jsCode
		}
	case jsBlockComment:
		if js.pending == '*' && b == '/' {
			js.mode = jsCode
		}
		js.pending = 0
		if js.mode == jsBlockComment && b == '*' {
			js.pending = b
		}
	}
}

// loseJS gives up following the code: what it means is not clear.
func (c *Context) loseJS() {
	c.js, c.word = jsState{mode: jsUnknown}, word{}
}

// jsValueEnds goes back to code behind a literal.
func (c *Context) jsValueEnds() {
	c.js.mode, c.js.before, c.js.pending = jsCode, jsOperand, 0
}

func (c *Context) jsTemplateByte(b byte) {
	js := &c.js
	pending := js.pending
	js.pending = 0
	switch {
	case pending == '\\':
	case b == '\\':
		js.pending = b
	case b == '`':
		c.jsValueEnds()
	case b == '$':
		js.pending = b
	case b == '{' && pending == '$':
		if int(js.levels) == len(js.braces) {
			c.loseJS()
			return
		}
		js.levels++
		js.mode, js.before = jsCode, jsOperator
	}
}

func isJSWord(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '_' || b == '$' || b >= 0x80
}

func (c *Context) jsCode(b byte) {
	js := &c.js
	if js.pending == '/' && c.jsSlash(b) {
		return
	}
	if isJSWord(b) {
		if c.word.length == 0 && js.before == jsDot {
			c.word.add('.') // the name of a property is no keyword
		}
		c.word.add(b)
		return
	}
	c.jsWordEnds()
	switch b {
	case ' ', '\t', '\n', '\r', '\f', '\v':
	case '"':
		js.mode = jsDouble
	case '\'':
		js.mode = jsSingle
	case '`':
		js.mode = jsTemplate
	case '/':
		js.pending = b
	case '(':
		js.parens <<= 1
		if js.before == jsCondition {
			js.parens |= 1
		}
		js.before = jsOperator
	case ')':
		js.before = jsOperand
		if js.parens&1 != 0 {
			js.before = jsOperator
		}
		js.parens >>= 1
	case ']':
		js.before = jsOperand
	case '{', '}':
		c.jsBrace(b)
	case '.':
		js.before = jsDot
	case '+':
		js.before = jsSign(js.before, jsPlus)
	case '-':
		js.before = jsSign(js.before, jsMinus)
	default:
		js.before = jsOperator
	}
}

// jsSign returns what a sign makes of what is before it: two of them are an increment, which belongs to a value.
func jsSign(before, sign jsBefore) jsBefore {
	if before == sign {
		return jsOperand
	}
	return sign
}

// jsWordEnds decides what the word before a place is.
func (c *Context) jsWordEnds() {
	if c.word.length == 0 {
		return
	}
	if c.word.isUnknown() {
		c.js.before, c.word = jsMixed, word{}
		return
	}
	switch c.word.String() {
	case "if", "while", "for", "with":
		c.js.before = jsCondition
	case "return", "typeof", "case", "do", "else", "in", "instanceof", "new", "void", "delete", "throw", "await", "yield":
		c.js.before = jsOperator
	default:
		c.js.before = jsOperand
	}
	c.word = word{}
}

// jsSlash decides by the byte behind a slash what the slash is, and reports whether that byte is dealt with.
func (c *Context) jsSlash(b byte) bool {
	js := &c.js
	js.pending = 0
	switch b {
	case '/':
		js.mode = jsLineComment
		return true
	case '*':
		js.mode = jsBlockComment
		return true
	}
	c.jsDivides()
	if js.mode == jsCode {
		return false
	}
	c.jsByte(b)
	return true
}

// jsDivides takes a slash for a division, or for the start of a regular expression, by what is before it.
func (c *Context) jsDivides() {
	switch c.js.before {
	case jsOperand, jsDot:
		c.js.before = jsOperator
	case jsBrace, jsMixed:
		c.loseJS()
	default:
		c.js.mode = jsRegexp
	}
}

func (c *Context) jsBrace(b byte) {
	js := &c.js
	if js.levels == 0 {
		js.before = jsOperator
		if b == '}' {
			js.before = jsBrace
		}
		return
	}
	open := &js.braces[js.levels-1]
	switch {
	case b == '{' && *open == 255:
		c.loseJS()
	case b == '{':
		*open++
		js.before = jsOperator
	case *open == 0:
		js.levels--
		js.mode, js.before = jsTemplate, jsOperator
	default:
		*open--
		js.before = jsBrace
	}
}
