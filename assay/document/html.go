package document

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// readHTML reads a page: its text as a reader would see it, with the address of
// each link behind its words, and its scripts. It goes through the tags one by
// one and builds no tree, which a page can make so deep that walking it
// overflows the stack. The section is that of a mail which it is the body of.
func (w *walker) readHTML(f file, section string) error {
	name := f.charset
	if name == "" {
		if name = detectCharset(f.data[:min(len(f.data), SniffLen)]); !strings.HasPrefix(name, "utf-") {
			// What the page says of itself comes before guesses.
			if _, said, certain := charset.DetermineEncoding(f.data, ""); certain || name == "" && said != fallbackCharset {
				name = said
			}
		}
	}
	text := decodeText(f.data, name)
	p := pageText{}
	p.read(text)
	if err := w.emit(Part{MediaType: typeHTML, Section: section}, p.body.String()); err != nil {
		return err
	}
	return w.emit(Part{MediaType: typeHTML, Section: "scripts"}, p.scripts.String())
}

// pageText turns a page into lines of text.
type pageText struct {
	body    lineWriter
	scripts strings.Builder
	link    string // of the open element a
	pre     int    // open elements of preformatted text
}

func (p *pageText) read(page string) {
	z := html.NewTokenizer(strings.NewReader(page))
	var raw atom.Atom // the element whose content is no text for readers
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.closeLink()
			return
		case html.TextToken:
			switch raw {
			case atom.Script:
				p.scripts.Write(bytes.TrimSpace(z.Text()))
				p.scripts.WriteByte('\n')
			case atom.Style:
				p.style(string(z.Text()))
			default:
				p.words(string(z.Text()))
			}
		case html.CommentToken:
			p.comment(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			if bytes.IndexByte(name, '@') > 0 {
				p.body.address(string(name)) // of a mail, "Jo <jo@a.example>", not escaped
			}
			p.start(tag, z, more)
			if tag == atom.Script || tag == atom.Style {
				raw = tag
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == raw {
				raw = 0
			}
			p.end(tag)
		}
	}
}

// words adds text that readers see. In preformatted text lines are lines.
func (p *pageText) words(text string) {
	for p.pre > 0 {
		line, rest, more := strings.Cut(text, "\n")
		if !more {
			break
		}
		p.body.flow(line)
		p.body.line()
		text = rest
	}
	p.body.flow(text)
}

// comment keeps what is commented out: mail to Outlook hides parts there, and
// campaigns their notes.
func (p *pageText) comment(text string) {
	if strings.Contains(text, "://") || strings.Contains(text, "[.]") {
		p.scripts.WriteString(strings.TrimSpace(text))
		p.scripts.WriteByte('\n')
	}
}

// style keeps rules that load something from elsewhere, and what else has an
// address: mails hide the text of others there from their readers.
func (p *pageText) style(rules string) {
	if strings.Contains(rules, "://") || strings.Contains(rules, "//") && strings.Contains(strings.ToLower(rules), "url(") {
		p.scripts.WriteString(strings.TrimSpace(rules))
		p.scripts.WriteByte('\n')
	}
}

// addresses are the attributes that name something elsewhere.
var addresses = map[string]bool{
	"href": true, "src": true, "action": true, "formaction": true, "data": true, "background": true,
	"poster": true, "cite": true, "longdesc": true, "srcset": true, "xlink:href": true, "content": true,
	"ping": true, "archive": true, "codebase": true, "manifest": true, "srcdoc": true, "value": true,
}

func (p *pageText) start(tag atom.Atom, z *html.Tokenizer, more bool) {
	p.layout(tag)
	link := ""
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		name, value := string(key), strings.TrimSpace(string(val))
		switch {
		case value == "":
		case hasScheme(value, "data") && (hasPrefixFold(value, "data:image/") || hasPrefixFold(value, "data:font/")):
			// Pictures have no text.
		case strings.HasPrefix(name, "on") || hasScheme(value, "javascript") || hasScheme(value, "data") || name == "srcdoc":
			p.scripts.WriteString(value)
			p.scripts.WriteByte('\n')
		case name == "style":
			p.style(value)
		case !addresses[name] && !isAddress(value, name) || addresses[name] && !leadsAway(value, name):
		case tag == atom.A && name == "href":
			link = value
		default:
			p.body.address(value)
		}
	}
	if tag == atom.Pre || tag == atom.Textarea {
		p.pre++
	}
	if tag == atom.A {
		p.closeLink() // as browsers do with one that was not closed
		p.link = link
		p.body.mark()
	}
}

// closeLink writes the address of the open link behind its words.
func (p *pageText) closeLink() {
	if p.link != "" && p.body.sinceMark() != p.link {
		p.body.address(p.link)
	}
	p.link = ""
}

// isAddress reports whether the value of an attribute that need not hold an
// address is one: "data-saferedirecturl".
func isAddress(value, name string) bool {
	return (hasScheme(value, "http") || hasScheme(value, "https")) && !strings.HasPrefix(name, "xmlns")
}

// leadsAway reports whether an attribute's value is an address with a host, not
// a path on the page's own server or a word. Forms that phish name their victim.
func leadsAway(value, name string) bool {
	switch name {
	case "content", "value":
		return strings.Contains(value, "://") || strings.Contains(value, "@")
	case "srcset":
		return strings.Contains(value, "://")
	}
	return strings.Contains(value, "//") || hasScheme(value, "mailto") || hasScheme(value, "tel")
}

func hasScheme(value, scheme string) bool {
	return hasPrefixFold(value, scheme+":")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func (p *pageText) end(tag atom.Atom) {
	if tag == atom.A {
		p.closeLink()
	}
	if (tag == atom.Pre || tag == atom.Textarea) && p.pre > 0 {
		p.pre--
	}
	p.layout(tag)
}

// layout ends the line before and behind the elements that browsers set apart.
func (p *pageText) layout(tag atom.Atom) {
	switch tag {
	case atom.Br, atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Table, atom.Tbody,
		atom.Thead, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Blockquote, atom.Section, atom.Article,
		atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Main, atom.Form, atom.Fieldset, atom.Figure, atom.Figcaption,
		atom.Title, atom.Body, atom.Head, atom.Address, atom.Option, atom.Center, atom.Caption, atom.Details, atom.Summary,
		atom.Pre, atom.Noscript, atom.Script, atom.Style, atom.Iframe, atom.Legend:
		p.body.line()
	case atom.Td, atom.Th:
		p.body.cell()
	case atom.Img, atom.Input, atom.Button, atom.Select, atom.Textarea, atom.Label:
		p.body.space()
	}
}

// lineWriter writes running text: runs of blanks become one, lines have no
// blanks around them, and none is empty.
type lineWriter struct {
	b       strings.Builder
	pending byte // what stands between the last text and the next, if anything
	marked  int
}

func (l *lineWriter) String() string { return l.b.String() }

// set asks for a separator before the next text. The strongest wins.
func (l *lineWriter) set(sep byte) {
	const strength = " \t\n"
	if strings.IndexByte(strength, sep) > strings.IndexByte(strength, l.pending) {
		l.pending = sep
	}
}

func (l *lineWriter) line()  { l.set('\n') }
func (l *lineWriter) cell()  { l.set('\t') }
func (l *lineWriter) space() { l.set(' ') }

func (l *lineWriter) write(word string) {
	if l.pending != 0 && l.b.Len() > 0 {
		l.b.WriteByte(l.pending)
	}
	l.pending = 0
	l.b.WriteString(word)
}

// flow adds text whose blanks are all alike.
func (l *lineWriter) flow(text string) {
	for text != "" {
		end := strings.IndexAny(text, " \t\r\n\f")
		switch {
		case end == 0:
			l.space()
			text = strings.TrimLeft(text, " \t\r\n\f")
			continue
		case end < 0:
			end = len(text)
		}
		l.write(text[:end])
		text = text[end:]
	}
}

// address adds an address that is not part of the text, in angle brackets.
func (l *lineWriter) address(url string) {
	l.space()
	l.write("<" + strings.Join(strings.Fields(url), " ") + ">")
	l.space()
}

// mark remembers the place for sinceMark.
func (l *lineWriter) mark() { l.marked = l.b.Len() }

func (l *lineWriter) sinceMark() string {
	return strings.TrimSpace(l.b.String()[min(l.marked, l.b.Len()):])
}
