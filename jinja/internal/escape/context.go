// Package escape makes values safe for the place of an HTML document they are printed to.
//
// Jinja escapes & < > " ' wherever a value goes, which is enough in text and in quoted attributes and not enough in
// unquoted attributes, URLs, event handlers, scripts and styles. A [Context] is such a place. It is found at compile time,
// by a state machine over the template's static text ([Advance]), so that nothing is paid for it when a page is rendered:
// where Jinja's escaping suffices, [Context.Output] says so, and its bytes are kept exactly. Elsewhere it gives an
// [Escaper]. The machine follows the HTML standard's tokenizer and as much of JavaScript and CSS as tells strings from code;
// where it cannot tell, it does not guess but lets only plain words through.
package escape

// Context is a place in a document, between two bytes of it. The zero Context is text, where a document starts. Contexts
// are comparable, and equal ones behave the same.
type Context struct {
	state   state
	element element  // the element whose tag or content this is, if it is a special one
	endTag  bool     // in a tag, it is an end tag
	attr    attrKind // in a value, the kind of the attribute
	quote   byte     // in a value, what it is quoted by; 0 if it is not
	dynamic dynamic  // in a name or the start of a URL, whether values are part of it
	dash    dash     // in a comment, what could belong to its end
	track   track    // in a special element, how much of its end tag has been seen
	glued   bool     // … and whether a value stands inside of that
	hidden  hidden   // in a script, its comments as the HTML standard knows them
	entity  bool     // in a value, the text before is an unfinished character reference
	url     urlPart  // in a URL
	js      jsState  // in JavaScript
	css     cssState // in CSS
	word    word     // the name, scheme or identifier that the text before ends in, in lower case
}

// state is where HTML's tokenizer stands.
type state uint8

const (
	inText state = iota
	inTagOpen
	inEndTagOpen
	inMarkup // behind "<!"
	inTagName
	inTag // between attributes
	inAttrName
	inAfterName
	inBeforeValue
	inValue
	inComment
	inBogus  // a doctype, processing instruction or bogus comment, which ends at the first ">"
	inRaw    // in an element that contains no elements
	inScript // of these, JavaScript
	inStyle  // and CSS
	inFailed
)

// dynamic says how a word came about.
type dynamic uint8

const (
	static    dynamic = iota // from the template's text alone
	wholly                   // a single value
	partly                   // a value and text, or several values
	ambiguous                // depends on the branch taken
)

// maxWord is longer than any name that means something here.
const maxWord = 28

// word is a short string that can be compared. What is too long is cut.
type word struct {
	length uint8
	bytes  [maxWord]byte
}

// unknownWord begins a word of code of which values or branches are part.
var unknownWord = word{length: 1, bytes: [maxWord]byte{'?'}}

func (w *word) isUnknown() bool { return w.length > 0 && w.bytes[0] == '?' }

func (w *word) add(c byte) {
	if w.length == maxWord {
		return
	}
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	w.bytes[w.length] = c
	w.length++
}

func (w *word) String() string { return string(w.bytes[:w.length]) }

// failed is the place behind text whose meaning depends on the values in it.
func failed() Context { return Context{state: inFailed} }

// Failed reports whether the place is unknown because text around values can mean several things, as in
// <a {{ name }}="…"> where an empty name would change what follows. [Describe] says so in words. A renderer can learn the
// place again by following the bytes that are really written with [Advance].
func (c Context) Failed() bool { return c.state == inFailed }

// element is an element whose content the tokenizer treats in its own way.
type element uint8

const (
	ordinary element = iota
	script
	scriptData // a script of a type that is neither JavaScript nor JSON
	style
	title
	textarea
	xmp
	iframe
	noembed
	noframes
	plaintext
)

// specials are the names of the elements. Every noscript is taken for an ordinary element: escaping for that is safe in
// the raw text too which it is to a browser with scripts.
var specials = [...]string{
	script: "script", scriptData: "script", style: "style", title: "title", textarea: "textarea", xmp: "xmp",
	iframe: "iframe", noembed: "noembed", noframes: "noframes", plaintext: "plaintext",
}

func elementOf(name string) element {
	for e := script; e <= plaintext; e++ {
		if specials[e] == name {
			return e
		}
	}
	return ordinary
}

// content is the place behind the start tag of the element.
func (e element) content() Context {
	switch e {
	case ordinary:
		return Context{}
	case script:
		return Context{state: inScript, element: script}
	case style:
		return Context{state: inStyle, element: style}
	}
	return Context{state: inRaw, element: e}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
