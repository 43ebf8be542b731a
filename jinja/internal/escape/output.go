package escape

import "strings"

// Escaper writes values so that they are safe in one place. The zero Escaper is Jinja's own: it stands for text, where the
// caller escapes strings as Jinja does and writes Markup as it is, without asking this package. Escapers are comparable.
type Escaper struct {
	kind    kind
	frame   frame
	quote   byte // of the attribute, in which Markup may not contain it; 0 in text and '<' in elements that contain only text
	first   bool // the text before could join with the value's first letter into something else
	dashes  bool // text behind could join with dashes in the value into the end of a comment
	slash   bool // the text before ends in a lone backslash
	sign    byte // the text before ends in this sign
	percent bool // the place is in a javascript: URL, where percent signs are decoded first
	prefix  prefix
}

// kind is what becomes of a string.
type kind uint8

const (
	asHTML kind = iota
	asComment
	asTagName
	asAttrNames // bare attributes
	asAttrPart  // part of an attribute's name
	asDocument  // HTML in an attribute
	asURL
	asURLTail // behind what could be the start of a scheme
	asSrcset
	asJSValue
	asJSString
	asJSTemplate
	asJSRegexp
	asJSComment
	asCSSValue
	asCSSDecl
	asCSSString
	asCSSURL
	asCSSURLTail
	asCSSURLRest // behind a scheme or path
	asCSSComment
	asWord // letters, digits and underscores
)

// frame is what the result is wrapped in.
type frame uint8

const (
	noFrame frame = iota
	quoted
	unquoted
	unquotedStart // of an attribute's value, which may not be empty
)

// Output says how a value is written at c, and which place is behind it whatever the value is. The same place is behind
// text that the template's author vouches for, such as that of the filter safe; attributes of which he does, those of the
// filter xmlattr, are followed by [Context.BehindAttributes]. Constants are text of the template: Advance goes over what they print.
func (c Context) Output() (Escaper, Context) {
	switch c.state {
	case inText:
		return Escaper{}, c
	case inTagOpen, inEndTagOpen, inTagName:
		return c.outputTagName()
	case inMarkup:
		return Escaper{kind: asTagName, prefix: prefix{open: true}}, Context{state: inBogus}
	case inTag, inAfterName:
		after := Context{state: inAttrName, element: c.element, endTag: c.endTag, dynamic: wholly}
		return Escaper{kind: asAttrNames}, after
	case inAttrName:
		e := Escaper{kind: asAttrPart, first: !isOpenName(c.word.String())}
		if c.dynamic == static {
			c.dynamic = partly
		}
		return e, c
	case inBeforeValue:
		c, _ = c.startValue(0)
		e, after := c.outputValue()
		e.frame = unquotedStart
		return e, after
	case inValue:
		return c.outputValue()
	case inComment:
		e := Escaper{kind: asComment, first: c.dash != noDash}
		c.dash = noDash
		return e, c
	case inBogus:
		return Escaper{quote: '>'}, c
	case inRaw:
		return c.glue(Escaper{quote: '<'}, c)
	case inScript:
		return c.glue(c.outputJS())
	case inStyle:
		return c.glue(c.outputCSS())
	}
	return Escaper{kind: asWord, frame: quoted}, c
}

// BehindAttributes is the place behind what the filter xmlattr writes at c: attributes behind a blank, or nothing.
func (c Context) BehindAttributes() Context {
	if c.state != inTagName {
		_, after := c.Output()
		return after
	}
	after, _ := joinTags(c, Advance(c, " "))
	return after
}

// glue keeps a value in a special element from being part of its end tag, or of what hides that.
func (c Context) glue(e Escaper, after Context) (Escaper, Context) {
	e.first = e.first || c.track != trackNone
	e.dashes = c.hidden != notHidden
	after.glued = c.track != trackNone
	if after.state != inFailed && c.hidden != notHidden && c.dash == twoDashes {
		after = failed() // if the value is empty, a ">" behind it ends the hiding
	}
	after.dash = noDash
	return e, after
}

func (c Context) outputTagName() (Escaper, Context) {
	if c.dynamic == static && !c.endTag && elementOf(c.word.String()) != ordinary {
		// Only attributes can follow: a longer name would not be meant.
		c, _ = c.tagName(" ")
		e, after := c.Output()
		e.first = true
		after.dynamic = ambiguous
		return e, after
	}
	e := Escaper{kind: asTagName, prefix: prefix{open: c.state != inTagName}}
	switch {
	case c.state != inTagName || c.dynamic == static:
		e.prefix.names, e.prefix.length = specialsWith(c.word.String()), c.word.length
	default: // behind another value, where letters could complete a name
		e.first = true
	}
	endTag := c.endTag || c.state == inEndTagOpen
	return e, Context{state: inTagName, endTag: endTag, dynamic: wholly}
}

// outputValue is Output in an attribute's value.
func (c Context) outputValue() (Escaper, Context) {
	e := Escaper{quote: c.quote}
	switch c.attr {
	case attrPlain:
	case attrScriptType:
		c.dynamic = partly
	case attrHTML:
		e.kind = asDocument
		if c.url != urlStart { // behind markup, where it would take another Context to know the place
			e.kind = asWord
		}
	case attrURL, attrSrcset:
		e.kind, c = c.outputURL()
	case attrJS, attrJSURL:
		e, c = c.outputJS()
	case attrCSS:
		e, c = c.outputCSS()
	}
	e.first = e.first || c.entity && e.kind != asHTML
	c.entity = false
	e.quote = c.quote
	e.percent = c.attr == attrJSURL
	switch {
	case c.quote == 0:
		e.frame = unquoted
	case e.kind != asHTML:
		e.frame = quoted
	}
	return e, c
}

func (c Context) outputURL() (kind, Context) {
	k := asHTML
	switch {
	case c.url == urlRest:
		return k, c
	case c.attr == attrSrcset && c.url == urlStart:
		k = asSrcset
	case c.url == urlStart:
		k = asURL
	default:
		k = asURLTail
	}
	if c.url == urlStart && c.dynamic == static {
		c.dynamic = wholly
	} else {
		c.dynamic = partly
	}
	c.url, c.word = urlScheme, word{}
	return k, c
}

func (c Context) outputJS() (Escaper, Context) {
	js := &c.js
	if js.mode == jsCode && js.pending == '/' {
		js.pending = 0
		c.jsDivides()
	}
	e := Escaper{slash: js.pending == '\\'}
	switch js.mode {
	case jsCode:
		return c.outputJSCode()
	case jsDouble, jsSingle:
		e.kind = asJSString
	case jsTemplate:
		e.kind = asJSTemplate
	case jsRegexp, jsRegexpClass:
		e.kind = asJSRegexp
	case jsLineComment, jsBlockComment:
		e.kind = asJSComment
		e.first = js.pending == '*'
	default:
		e.kind = asWord
	}
	js.pending = 0
	return e, c
}

func (c Context) outputJSCode() (Escaper, Context) {
	if c.word.length > 0 || c.js.before == jsDot { // part of a name
		if c.word.length == 0 || c.word.bytes[0] == '.' {
			c.word = word{}
			c.word.add('.')
		} else {
			c.word = unknownWord
		}
		return Escaper{kind: asWord}, c
	}
	e := Escaper{kind: asJSValue}
	switch c.js.before {
	case jsPlus:
		e.sign = '+'
	case jsMinus:
		e.sign = '-'
	}
	c.js.before = jsOperand
	return e, c
}

func (c Context) outputCSS() (Escaper, Context) {
	css := &c.css
	e := Escaper{slash: css.pending == '\\'}
	if css.pending == '/' {
		e.sign = '/'
	}
	switch css.mode {
	case cssRule, cssValue:
		e.kind = asCSSValue
	case cssDecl:
		e.kind = asCSSDecl
	case cssDouble, cssSingle:
		e.kind = asCSSString
	case cssComment:
		e.kind = asCSSComment
		e.first = css.pending == '*'
	default:
		k, after := c.outputURL()
		c = after
		e.kind = map[kind]kind{asURL: asCSSURL, asURLTail: asCSSURLTail, asHTML: asCSSURLRest}[k]
		c.css.pending = 0
		return e, c
	}
	css.pending = 0
	c.word = word{}
	if css.mode <= cssValue {
		c.word = unknownWord
	}
	return e, c
}

// Plain reports whether strings are written exactly as Jinja writes them; elsewhere its escaping is not enough, which is
// what a linter reports. Markup from data may differ nevertheless, see [Escaper.AppendMarkup], unless the Escaper is the
// zero one.
func (e Escaper) Plain() bool {
	return e.kind == asHTML && !e.first && !e.dashes && e.frame <= quoted
}

// URL reports whether a URL begins here, and is escaped as in text if it is harmless, as one that begins with a slash is.
func (e Escaper) URL() bool {
	return e.kind == asURL && !e.first && !e.dashes && e.frame <= quoted
}

// JSON reports whether code is expected that makes a value. The caller gives [Escaper.AppendJSON] the value as JSON.
func (e Escaper) JSON() bool { return e.kind == asJSValue }

// RawJSON reports whether JSON in which no <, >, & and ' stand, as the filter tojson makes it, can be written as it is where
// code expects a value: not where its double quotes would end an attribute, nor where percent signs are decoded.
func (e Escaper) RawJSON() bool {
	return e.kind == asJSValue && !e.percent && (e.frame == noFrame || e.frame == quoted && e.quote == '\'')
}

// Names reports whether the name of a tag or attribute stands here, or could.
func (e Escaper) Names() bool {
	return e.kind == asTagName || e.kind == asAttrNames || e.kind == asAttrPart
}

// Doubtful reports whether the place is one in which only plain words are let through, since more would change what the
// document around them means: names of tags and attributes, code that could not be followed, places that depend on values.
func (e Escaper) Doubtful() bool {
	return e.Names() || e.kind == asWord
}

// prefix is what a name of a tag begins with.
type prefix struct {
	open   bool   // nothing: the value begins the name
	names  uint16 // the special elements whose names begin so
	length uint8
}

// specialsWith returns the elements whose names begin with s.
func specialsWith(s string) uint16 {
	var names uint16
	for e := script; e <= plaintext; e++ {
		if name := specials[e]; len(s) <= len(name) && name[:len(s)] == s {
			names |= 1 << e
		}
	}
	return names
}

// isOpenName reports whether every attribute whose name begins with s has the same kind of value, which is that of s.
func isOpenName(s string) bool {
	return strings.HasPrefix(s, "data-") || strings.HasPrefix(s, "aria-") || isHandler(s)
}
