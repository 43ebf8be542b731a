package syntax

import (
	"errors"
	"strings"
)

// The bounds on nesting keep a hostile template from exhausting the stack: the parser's, and that of whoever walks the
// tree. Python's Jinja fails by its recursion limit at some 70 nested brackets and 300 chained operators.
const (
	maxNesting = 200
	maxHeight  = 1000
)

// Parse reads a template. The error is an *Error, and its message what Jinja's would be. A Config whose Check fails gives
// meaningless trees, but does no harm.
func Parse(name, source string, cfg *Config) (t *Template, err error) {
	p, err := newParser(name, source, cfg, inRoot)
	if err != nil {
		return nil, err
	}
	defer p.rescue(&err)
	t = &Template{Pos: Pos{Line: 1, Col: 1}, Name: name, Body: p.body()}
	p.checkHeight(t)
	return t, nil
}

// ParseExpression reads a single expression, such as environment.compile_expression takes.
func ParseExpression(source string, cfg *Config) (x Expr, err error) {
	p, err := newParser("", source, cfg, inVariable)
	if err != nil {
		return nil, err
	}
	defer p.rescue(&err)
	x = p.ParseExpression()
	if p.cur.Kind != tEOF {
		p.Fail(p.cur.Pos, "chunk after expression")
	}
	p.checkHeight(x)
	return x, nil
}

// Parser reads one template. Custom tags are given it; its exported methods end the parse when the template is wrong, so
// that a TagFunc need not check.
type Parser struct {
	cfg   *Config
	lx    *lexer
	cur   Token // the current token
	ahead Token // the one after it, if hasAhead

	hasAhead bool
	depth    int
	tags     []string   // the open tags
	ends     [][]string // the tags which the open bodies look for
}

// failure carries an error from where it is found to Parse.
type failure struct{ err *Error }

func newError(name string, pos Pos, msg string) *Error {
	return &Error{Msg: msg, Name: name, Line: int(pos.Line), Col: int(pos.Col), Offset: int(pos.Offset)}
}

// maxSource keeps places within an int32.
const maxSource = 1 << 30

func newParser(name, source string, cfg *Config, start state) (p *Parser, err error) {
	if len(source) > maxSource {
		return nil, newError(name, Pos{Line: 1, Col: 1}, "template is larger than 1 GiB")
	}
	p = &Parser{cfg: cfg, lx: newLexer(name, source, cfg, start)}
	p.cur.Pos = Pos{Line: 1, Col: 1}
	defer p.rescue(&err)
	p.Next()
	return p, nil
}

// rescue turns a failure into the error of the function that deferred it.
func (p *Parser) rescue(err *error) {
	if r := recover(); r != nil {
		f, ok := r.(failure)
		if !ok {
			panic(r)
		}
		*err = f.err
	}
}

// Fail ends the parse with an error at a place.
func (p *Parser) Fail(at Pos, msg string) {
	panic(failure{newError(p.lx.name, at, msg)})
}

// failAssertion is Fail for what Jinja calls a TemplateAssertionError.
func (p *Parser) failAssertion(at Pos, msg string) {
	err := newError(p.lx.name, at, msg)
	err.Assertion = true
	panic(failure{err})
}

// Next goes one token on and returns the one before.
func (p *Parser) Next() Token {
	t := p.cur
	if p.hasAhead {
		p.cur, p.hasAhead = p.ahead, false
		return t
	}
	p.cur = p.lx.scan()
	if p.cur.Kind == tEOF {
		p.cur.Pos = t.Pos // Jinja reports the end of a template where its last token is
	}
	return t
}

// look returns the token after the current one.
func (p *Parser) look() Token {
	if !p.hasAhead {
		p.ahead, p.hasAhead = p.lx.scan(), true
		if p.ahead.Kind == tEOF {
			p.ahead.Pos = p.cur.Pos
		}
	}
	return p.ahead
}

func (p *Parser) accept(k Kind) bool {
	if p.cur.Kind != k {
		return false
	}
	p.Next()
	return true
}

func (p *Parser) acceptName(word string) bool {
	if !p.cur.isName(word) {
		return false
	}
	p.Next()
	return true
}

func (p *Parser) expect(k Kind) Token {
	if p.cur.Kind != k {
		p.failExpected(described[k])
	}
	return p.Next()
}

func (p *Parser) expectName(word string) {
	if !p.cur.isName(word) {
		p.failExpected(word)
	}
	p.Next()
}

func (p *Parser) failExpected(what string) {
	if p.cur.Kind == tEOF {
		p.Fail(p.cur.Pos, "unexpected end of template, expected "+quote(what)+".")
	}
	p.Fail(p.cur.Pos, "expected token "+quote(what)+", got "+quote(p.cur.describe()))
}

// enter and leave count the nesting of whatever may contain itself.
func (p *Parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.Fail(p.cur.Pos, "template is nested too deeply")
	}
}

func (p *Parser) leave() { p.depth-- }

// body reads statements until the template ends or, if ends are given, until a tag with one of those names, which
// becomes the current token.
func (p *Parser) body(ends ...string) []Stmt {
	p.enter()
	defer p.leave()
	if ends != nil {
		p.ends = append(p.ends, ends)
		defer func() { p.ends = p.ends[:len(p.ends)-1] }()
	}
	var body []Stmt
	var out []Expr
	flush := func() {
		if out != nil {
			o := &Output{Nodes: out}
			o.Pos = out[0].Position()
			body = append(body, o)
			out = nil
		}
	}
	for {
		switch p.cur.Kind {
		case tEOF:
			flush()
			return body
		case tData:
			t := p.Next()
			d := &TemplateData{Data: t.Value}
			d.Pos = t.Pos
			out = append(out, d)
		case tVariableBegin:
			p.Next()
			out = append(out, p.ParseTuple())
			p.expect(tVariableEnd)
		default:
			flush()
			p.expect(tBlockBegin)
			if p.atEnd(ends) {
				return body
			}
			body = append(body, p.statement()...)
			p.expect(tBlockEnd)
		}
	}
}

// atEnd reports whether the current token is one of the words.
func (p *Parser) atEnd(words []string) bool {
	for _, w := range words {
		if p.cur.isName(w) {
			return true
		}
	}
	return false
}

// ParseBody reads from the end of an opening tag to the closing tag with one of the names, which becomes the current
// token. Most tags then call Next.
func (p *Parser) ParseBody(ends ...string) []Stmt {
	p.accept(tColon) // as in Python
	p.expect(tBlockEnd)
	body := p.body(ends...)
	if p.cur.Kind == tEOF {
		p.ends = append(p.ends, ends)
		p.failEnd("Unexpected end of template.", "", p.cur.Pos)
	}
	return body
}

// bodyUntil is ParseBody for a body with a single end, which it goes past.
func (p *Parser) bodyUntil(end string) []Stmt {
	body := p.ParseBody(end)
	p.Next()
	return body
}

// statement reads a tag up to its end.
func (p *Parser) statement() []Stmt {
	tag := p.cur
	if tag.Kind != tName {
		p.Fail(tag.Pos, "tag name expected")
	}
	parse := p.builtin(tag.Value)
	if parse == nil {
		custom := p.cfg.Tags[tag.Value]
		if custom == nil {
			p.failEnd("Encountered unknown tag "+quote(tag.Value)+".", tag.Value, tag.Pos)
		}
		parse = func(p *Parser) []Stmt { return p.custom(tag, custom) }
	}
	p.tags = append(p.tags, tag.Value)
	body := parse(p)
	p.tags = p.tags[:len(p.tags)-1]
	return body
}

func (p *Parser) custom(tag Token, parse TagFunc) []Stmt {
	body, err := parse(p)
	if err != nil {
		var already *Error
		if errors.As(err, &already) {
			panic(failure{already})
		}
		p.Fail(tag.Pos, err.Error())
	}
	return body
}

// failEnd reports a tag, or the end of the template, where other tags are due.
func (p *Parser) failEnd(msg, tag string, at Pos) {
	if len(p.ends) > 0 {
		due := p.ends[len(p.ends)-1]
		quoted := make([]string, len(due))
		for i, d := range due {
			quoted[i] = quote(d)
		}
		looking := strings.Join(quoted, " or ")
		if tag != "" && p.isDue(tag) {
			msg += " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for " + looking + "."
		} else {
			msg += " Jinja was looking for the following tags: " + looking + "."
		}
	}
	if len(p.tags) > 0 {
		msg += " The innermost block that needs to be closed is " + quote(p.tags[len(p.tags)-1]) + "."
	}
	p.Fail(at, msg)
}

// isDue reports whether any open body waits for the tag.
func (p *Parser) isDue(tag string) bool {
	for _, ends := range p.ends {
		for _, end := range ends {
			if end == tag {
				return true
			}
		}
	}
	return false
}
