package syntax

import (
	"slices"
	"strings"
)

// trans is a {% trans %} as far as it has been read.
type trans struct {
	*Trans
	vars       []*Keyword
	count      Expr
	assign     *Assign // of the variable to count by, if it is a call
	num        bool    // the variable to count by is called num, which gettext supplies itself
	trimmed    bool
	referenced bool // a text mentions a variable
}

// parseTrans reads a translatable section.
func (p *Parser) parseTrans() []Stmt {
	t := &trans{Trans: &Trans{}, trimmed: p.cfg.I18nTrimmed}
	t.Pos = p.Next().Pos
	if p.cur.Kind == tString {
		t.HasContext = true
		t.Context = p.Next().Value
	}
	p.transHead(t)
	p.expect(tBlockEnd)

	var names, more []Token
	names, t.Singular = p.transText(true)
	if names != nil && t.count == nil {
		t.count = t.variable(names[0])
		t.num = names[0].Value == "num"
	}
	if p.Next().Value == "pluralize" {
		t.HasPlural = true
		if p.cur.Kind != tBlockEnd {
			p.transCount(t)
		}
		p.expect(tBlockEnd)
		more, t.Plural = p.transText(false)
		p.Next()
	}
	for _, name := range append(names, more...) {
		t.referenced = true
		if t.find(name.Value) == nil {
			t.vars = append(t.vars, &Keyword{Pos: name.Pos, Key: name.Value, Value: t.variable(name)})
		}
	}
	if t.HasPlural && t.count == nil {
		p.Fail(t.Pos, "pluralize without variables")
	}
	if t.trimmed {
		t.Singular, t.Plural = trimLines(t.Singular), trimLines(t.Plural)
	}
	t.finish(p.cfg.I18nNewstyle)
	if t.assign != nil {
		return []Stmt{t.assign, t.Trans}
	}
	return []Stmt{t.Trans}
}

// transHead reads the variables and modifiers of the opening tag.
func (p *Parser) transHead(t *trans) {
	modified := false
	for p.cur.Kind != tBlockEnd {
		if t.vars != nil {
			p.expect(tComma)
		}
		if p.accept(tColon) {
			return
		}
		name := p.expect(tName)
		if t.find(name.Value) != nil {
			p.failAssertion(name.Pos, "translatable variable "+quote(name.Value)+" defined twice.")
		}
		v := &Keyword{Pos: name.Pos, Key: name.Value}
		switch {
		case p.accept(tAssign):
			v.Value = p.ParseExpression()
		case !modified && (name.Value == "trimmed" || name.Value == "notrimmed"):
			modified = true
			t.trimmed = name.Value == "trimmed"
			continue
		default:
			v.Value = t.variable(name)
		}
		t.vars = append(t.vars, v)
		if t.count == nil {
			t.countBy(v)
		}
	}
}

// countBy makes the variable decide between singular and plural. A call is made once, ahead of the message.
func (t *trans) countBy(v *Keyword) {
	if call, ok := v.Value.(*Call); ok {
		target := &Name{Name: "_trans", Ctx: Store}
		target.Pos = t.Pos
		t.assign = &Assign{Target: target, Node: call}
		t.assign.Pos = t.Pos
		v.Value = t.variable(Token{Value: "_trans", Pos: v.Pos})
	}
	t.count = v.Value
	t.num = v.Key == "num"
}

// transCount reads the name behind pluralize.
func (p *Parser) transCount(t *trans) {
	name := p.expect(tName)
	v := t.find(name.Value)
	if v == nil {
		p.failAssertion(name.Pos, "unknown variable "+quote(name.Value)+" for pluralization")
	}
	t.count = v.Value
	t.num = v.Key == "num"
}

func (t *trans) find(name string) *Keyword {
	i := slices.IndexFunc(t.vars, func(v *Keyword) bool { return v.Key == name })
	if i < 0 {
		return nil
	}
	return t.vars[i]
}

// variable returns the value of a variable that is only named.
func (t *trans) variable(name Token) *Name {
	n := &Name{Name: name.Value}
	n.Pos = pick(name.Pos, t.Pos)
	return n
}

// transText reads text and variables up to the name of the next tag, which must be one that may follow.
func (p *Parser) transText(mayPluralize bool) (names []Token, text string) {
	var b strings.Builder
	for {
		switch p.cur.Kind {
		case tData:
			b.WriteString(strings.ReplaceAll(p.Next().Value, "%", "%%"))
		case tVariableBegin:
			p.Next()
			name := p.expect(tName)
			names = append(names, name)
			b.WriteString("%(" + name.Value + ")s")
			p.expect(tVariableEnd)
		case tBlockBegin:
			p.Next()
			if p.cur.isName("endtrans") || mayPluralize && p.cur.isName("pluralize") {
				return names, b.String()
			}
			p.failInTrans()
		default:
			p.Fail(p.cur.Pos, "unclosed translation block")
		}
	}
}

func (p *Parser) failInTrans() {
	switch {
	case p.cur.isName("pluralize"):
		p.Fail(p.cur.Pos, "a translatable section can have only one pluralize section")
	case p.cur.isName("trans"):
		p.Fail(p.cur.Pos, "trans blocks can't be nested; did you mean `endtrans`?")
	}
	saw := "None"
	if p.cur.Kind == tName {
		saw = p.cur.Value
	}
	p.Fail(p.cur.Pos, "control structures in translatable sections are not allowed; saw `"+saw+"`")
}

// trimLines makes each line break, with the white space around it, a single space.
func trimLines(s string) string {
	s = strings.TrimFunc(s, isSpace)
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(strings.TrimRightFunc(s[:i], isSpace))
		b.WriteByte(' ')
		s = strings.TrimLeftFunc(s[i:], isSpace)
	}
}

// finish builds the expression that the section prints.
func (t *trans) finish(newstyle bool) {
	if !t.referenced && !newstyle { // nothing will be formatted, so percent signs are themselves
		t.Singular = strings.ReplaceAll(t.Singular, "%%", "%")
		t.Plural = strings.ReplaceAll(t.Plural, "%%", "%")
	}
	t.Vars = t.vars
	function := "gettext"
	args := []Expr{constant(t.Pos, t.Singular)}
	if t.HasContext {
		function = "p" + function
		args = slices.Insert(args, 0, Expr(constant(t.Pos, t.Context)))
	}
	if t.HasPlural {
		function = "n" + function
		t.Count = t.count
		args = append(args, constant(t.Pos, t.Plural), t.count)
	}
	name := &Name{Name: function}
	name.Pos = t.Pos
	call := &Call{Node: name}
	call.Pos = t.Pos
	call.Args = args
	if newstyle {
		for _, v := range t.vars {
			if !t.num || !t.HasPlural || v.Key != "num" {
				call.Kwargs = append(call.Kwargs, v)
			}
		}
		t.Expr = call
		return
	}
	safe := &MarkSafeIfAutoescape{Expr: call}
	safe.Pos = t.Pos
	t.Expr = safe
	if t.vars == nil {
		return
	}
	values := &Dict{}
	values.Pos = t.Pos
	for _, v := range t.vars {
		values.Items = append(values.Items, Pair{Pos: v.Pos, Key: constant(pick(v.Pos, t.Pos), v.Key), Value: v.Value})
	}
	format := &BinExpr{Op: Mod, OpPos: t.Pos, Left: safe, Right: values}
	format.Pos = t.Pos
	t.Expr = format
}
