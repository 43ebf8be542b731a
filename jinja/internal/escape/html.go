package escape

import "strings"

// Advance returns the place behind text that the template's author wrote, if c is the place before it.
func Advance(c Context, text string) Context {
	for text != "" {
		n := 0
		c, n = c.step(text)
		text = text[n:]
	}
	return c
}

// step takes some bytes, or changes the state without taking any.
func (c Context) step(text string) (Context, int) {
	switch c.state {
	case inText:
		i := strings.IndexByte(text, '<')
		if i < 0 {
			return c, len(text)
		}
		return Context{state: inTagOpen}, i + 1
	case inTagOpen, inEndTagOpen, inMarkup:
		return c.open(text[0])
	case inTagName:
		return c.tagName(text)
	case inTag, inAttrName, inAfterName, inBeforeValue:
		return c.inTag(text[0])
	case inValue:
		return c.value(text)
	case inComment:
		return c.comment(text)
	case inBogus:
		if i := strings.IndexByte(text, '>'); i >= 0 {
			return Context{}, i + 1
		}
		return c, len(text)
	case inRaw, inScript, inStyle:
		return c.content(text)
	}
	return c, len(text)
}

// open decides by the byte behind "<", "</" or "<!" what begins there.
func (c Context) open(b byte) (Context, int) {
	switch {
	case c.state == inMarkup && b == '-' && c.dash == oneDash:
		return Context{state: inComment, dash: atStart}, 1
	case c.state == inMarkup && b == '-':
		return Context{state: inMarkup, dash: oneDash}, 1
	case c.state == inMarkup:
		return Context{state: inBogus}, 0
	case isLetter(b):
		return Context{state: inTagName, endTag: c.state == inEndTagOpen}, 0
	case c.state == inEndTagOpen && b == '>':
		return Context{}, 1
	case c.state == inEndTagOpen, b == '?':
		return Context{state: inBogus}, 0
	case b == '/':
		return Context{state: inEndTagOpen}, 1
	case b == '!':
		return Context{state: inMarkup}, 1
	}
	return Context{}, 0
}

func (c Context) tagName(text string) (Context, int) {
	for i := range len(text) {
		b := text[i]
		if isSpace(b) || b == '/' || b == '>' {
			next := Context{state: inTag, endTag: c.endTag}
			if c.dynamic == static && !c.endTag {
				next.element = elementOf(c.word.String())
			}
			return next, i
		}
		if c.dynamic != static { // the value may have ended the name, by attributes, or text may make a special one of it
			return failed(), i
		}
		c.word.add(b)
	}
	return c, len(text)
}

// inTag goes one byte on inside a tag and outside of values.
func (c Context) inTag(b byte) (Context, int) {
	between := Context{state: inTag, element: c.element, endTag: c.endTag}
	switch {
	case b == '>':
		if c.endTag {
			return Context{}, 1
		}
		return c.element.content(), 1
	case isSpace(b):
		if c.state == inAttrName {
			c.state = inAfterName
		}
		return c, 1
	case c.state == inBeforeValue:
		return c.startValue(b)
	case b == '/':
		return between, 1
	case b == '=' && c.state != inTag:
		if c.dynamic == wholly || c.dynamic == ambiguous {
			return failed(), 1
		}
		c.attr = attrOf(c.word.String(), c.element)
		c.state, c.dynamic, c.word = inBeforeValue, static, word{}
		return c, 1
	case c.state != inAttrName:
		c = between
		c.state = inAttrName
	case c.dynamic == ambiguous, c.dynamic != static && isLetter(b):
		return failed(), 1
	}
	c.word.add(b)
	return c, 1
}

// startValue enters the value of an attribute.
func (c Context) startValue(b byte) (Context, int) {
	c.state = inValue
	switch c.attr {
	case attrJS:
		c.js = jsState{}
	case attrCSS:
		c.css = cssState{mode: cssDecl, base: cssDecl}
	}
	if b == '"' || b == '\'' {
		c.quote = b
		return c, 1
	}
	return c, 0
}

// value goes through an attribute's value, and out of it if it ends in text.
func (c Context) value(text string) (Context, int) {
	end := c.valueEnd(text)
	if end < 0 {
		return c.inside(text, false), len(text)
	}
	c = c.inside(text[:end], true)
	if c.state == inFailed {
		return c, end
	}
	next := Context{state: inTag, element: c.element, endTag: c.endTag}
	if c.attr == attrScriptType && c.element == script && !isCode(c.word.String(), c.dynamic) {
		next.element = scriptData
	}
	if c.quote != 0 {
		end++
	}
	return next, end
}

// valueEnd returns where the value ends in text, or -1.
func (c Context) valueEnd(text string) int {
	if c.quote != 0 {
		return strings.IndexByte(text, c.quote)
	}
	return strings.IndexAny(text, " \n\t\r\f>")
}

// dash says what of a comment's end has been seen.
type dash uint8

const (
	noDash dash = iota
	oneDash
	twoDashes
	dashesBang  // "--!"
	atStart     // behind "<!--", where ">" ends it at once
	atStartDash // behind "<!---"
)

func (c Context) comment(text string) (Context, int) {
	if c.dash == noDash {
		i := strings.IndexByte(text, '-')
		if i < 0 {
			return c, len(text)
		}
		c.dash = oneDash
		return c, i + 1
	}
	b := text[0]
	switch {
	case b == '>' && c.dash != oneDash:
		return Context{}, 1
	case b == '-':
		switch c.dash {
		case atStart:
			c.dash = atStartDash
		case dashesBang:
			c.dash = oneDash
		default:
			c.dash = twoDashes
		}
	case b == '!' && c.dash == twoDashes:
		c.dash = dashesBang
	default:
		c.dash = noDash
	}
	return c, 1
}

// track is how much of "</name" has been seen in a special element: the number of its bytes, or one of the constants.
type track uint8

const (
	trackNone track = 0
	trackLess track = 1 // "<"
	trackOpen track = 2 // "</", to which the letters of the name are added
	trackBang track = 20
	trackDash track = 21 // "<!-"
	trackTag  track = 30 // "<" in a hidden script, to which the letters of "script" are added
)

// hidden is how deep a script is in what the HTML standard calls its escaped states.
type hidden uint8

const (
	notHidden   hidden = iota
	inHiding           // behind "<!--"
	inHidingTag        // behind "<script" in there: the next "</script" ends that alone
)

// content goes through the content of a special element, byte by byte, since each may belong to its end tag and to the
// language in there.
func (c Context) content(text string) (Context, int) {
	for i := range len(text) {
		if c.element == plaintext {
			return c, len(text)
		}
		if c.track == trackNone && c.state == inRaw && c.hidden == notHidden {
			next := strings.IndexByte(text[i:], '<')
			if next < 0 {
				return c, len(text)
			}
			if next > 0 {
				return c, i + next
			}
		}
		was := c.hidden
		if c.follow(text[i]) {
			if c.glued {
				return failed(), i
			}
			return Context{state: inTag, endTag: true}, i
		}
		switch c.state {
		case inScript:
			c.jsByte(text[i])
			if was == notHidden && c.hidden == inHiding && c.js.mode == jsCode {
				c.js.mode = jsLineComment // as browsers read "<!--"
			}
		case inStyle:
			c.cssByte(text[i])
		case inFailed:
			return c, len(text)
		}
	}
	return c, len(text)
}

// follow takes a byte of an element's content and reports whether it is the one behind the name in its end tag.
func (c *Context) follow(b byte) bool {
	lower := b
	if isLetter(b) {
		lower |= 0x20
	}
	name := specials[c.element]
	isScript := c.element == script || c.element == scriptData
	c.hide(b)
	delimits := isSpace(b) || b == '/' || b == '>'
	switch t := c.track; {
	case t == trackLess && b == '/':
		c.track = trackOpen
		return false
	case t == trackLess && b == '!' && isScript && c.hidden == notHidden:
		c.track = trackBang
		return false
	case t == trackLess && lower == 's' && c.hidden == inHiding:
		c.track = trackTag + 1
		return false
	case t == trackBang && b == '-':
		c.track = trackDash
		return false
	case t == trackDash && b == '-':
		c.hidden, c.dash, c.track = inHiding, twoDashes, trackNone
		return false
	case t >= trackTag && int(t-trackTag) == len("script"):
		if delimits {
			c.hidden = inHidingTag
		}
	case t >= trackTag && lower == "script"[t-trackTag]:
		c.track++
		return false
	case t >= trackOpen && t < trackBang && int(t-trackOpen) == len(name):
		if delimits && c.hidden != inHidingTag {
			return true
		}
		if delimits {
			c.hidden = inHiding
		}
	case t >= trackOpen && t < trackBang && lower == name[t-trackOpen]:
		c.track++
		return false
	}
	c.track, c.glued = trackNone, false
	if b == '<' {
		c.track = trackLess
	}
	return false
}

// hide counts the dashes of the "-->" that ends the hiding of a script.
func (c *Context) hide(b byte) {
	switch {
	case c.hidden == notHidden:
	case b == '-':
		c.dash = min(c.dash+1, twoDashes)
	default:
		if b == '>' && c.dash == twoDashes {
			c.hidden = notHidden
		}
		c.dash = noDash
	}
}
