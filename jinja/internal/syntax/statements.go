package syntax

import "strings"

// builtin returns how the tag with the name is read, or nil.
func (p *Parser) builtin(name string) func(*Parser) []Stmt {
	switch name {
	case "for":
		return one((*Parser).parseFor)
	case "if":
		return one((*Parser).parseIf)
	case "block":
		return one((*Parser).parseBlock)
	case "extends":
		return one((*Parser).parseExtends)
	case "print":
		return one((*Parser).parsePrint)
	case "macro":
		return one((*Parser).parseMacro)
	case "include":
		return one((*Parser).parseInclude)
	case "from":
		return one((*Parser).parseFrom)
	case "import":
		return one((*Parser).parseImport)
	case "set":
		return one((*Parser).parseSet)
	case "with":
		return one((*Parser).parseWith)
	case "autoescape":
		return one((*Parser).parseAutoescape)
	case "call":
		return one((*Parser).parseCallBlock)
	case "filter":
		return one((*Parser).parseFilterBlock)
	}
	return p.extension(name)
}

// extension is builtin for the tags that the configuration switches on.
func (p *Parser) extension(name string) func(*Parser) []Stmt {
	switch {
	case name == "do" && p.cfg.Do:
		return one((*Parser).parseDo)
	case name == "break" && p.cfg.LoopControls:
		return one((*Parser).parseBreak)
	case name == "continue" && p.cfg.LoopControls:
		return one((*Parser).parseContinue)
	case name == "debug" && p.cfg.Debug:
		return one((*Parser).parseDebug)
	case name == "trans" && p.cfg.I18n:
		return (*Parser).parseTrans
	}
	return nil
}

// one makes a parser of one statement a parser of statements.
func one[S Stmt](parse func(*Parser) S) func(*Parser) []Stmt {
	return func(p *Parser) []Stmt { return []Stmt{parse(p)} }
}

func (p *Parser) parseFor() *For {
	n := &For{}
	n.Pos = p.Next().Pos
	n.Target = p.target(false)
	p.expectName("in")
	n.Iter = p.tuple(tupleRules{noCond: true})
	if p.acceptName("if") {
		n.Test = p.ParseExpression()
	}
	n.Recursive = p.acceptName("recursive")
	n.Body = p.ParseBody("endfor", "else")
	if p.Next().Value == "else" {
		n.Else = p.bodyUntil("endfor")
	}
	return n
}

func (p *Parser) parseIf() *If {
	first := &If{}
	first.Pos = p.Next().Pos
	for n := first; ; {
		n.Test = p.tuple(tupleRules{noCond: true})
		n.Body = p.ParseBody("elif", "else", "endif")
		switch p.Next().Value {
		case "elif":
			n = &If{}
			n.Pos = p.cur.Pos
			first.Elif = append(first.Elif, n)
			continue
		case "else":
			first.Else = p.bodyUntil("endif")
		}
		return first
	}
}

func (p *Parser) parseSet() Stmt {
	pos := p.Next().Pos
	target := p.target(true)
	if p.accept(tAssign) {
		n := &Assign{Target: target, Node: p.ParseTuple()}
		n.Pos = pos
		return n
	}
	n := &AssignBlock{Target: target, Filter: p.filters(nil)}
	n.Pos = pos
	n.Body = p.bodyUntil("endset")
	return n
}

func (p *Parser) parseWith() *With {
	n := &With{}
	n.Pos = p.Next().Pos
	for p.cur.Kind != tBlockEnd {
		if n.Targets != nil {
			p.expect(tComma)
		}
		target := p.target(false)
		setCtx(target, Param)
		n.Targets = append(n.Targets, target)
		p.expect(tAssign)
		n.Values = append(n.Values, p.ParseExpression())
	}
	n.Body = p.bodyUntil("endwith")
	return n
}

func (p *Parser) parseAutoescape() *Scope {
	n := &ScopedEvalContextModifier{}
	n.Pos = p.Next().Pos
	option := &Keyword{Pos: p.cur.Pos, Key: "autoescape", Value: p.ParseExpression()}
	n.Options = []*Keyword{option}
	n.Body = p.bodyUntil("endautoescape")
	scope := &Scope{Body: []Stmt{n}}
	scope.Pos = n.Pos
	return scope
}

func (p *Parser) parseBlock() *Block {
	n := &Block{}
	n.Pos = p.Next().Pos
	n.Name = p.expect(tName).Value
	n.Scoped = p.acceptName("scoped")
	n.Required = p.acceptName("required")
	if p.cur.Kind == tSub { // Django allows it
		p.Fail(p.cur.Pos, "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, "+
			"use an underscore instead.")
	}
	n.Body = p.bodyUntil("endblock")
	if n.Required && !isBlank(n.Body) {
		p.Fail(p.cur.Pos, "Required blocks can only contain comments or whitespace")
	}
	p.acceptName(n.Name)
	return n
}

// isBlank reports whether the body is white space alone.
func isBlank(body []Stmt) bool {
	for _, s := range body {
		out, ok := s.(*Output)
		if !ok {
			return false
		}
		for _, n := range out.Nodes {
			if d, ok := n.(*TemplateData); !ok || skipSpace(d.Data, 0) < len(d.Data) {
				return false
			}
		}
	}
	return true
}

func (p *Parser) parseExtends() *Extends {
	n := &Extends{}
	n.Pos = p.Next().Pos
	n.Template = p.ParseExpression()
	return n
}

// context reads "with context" or "without context".
func (p *Parser) context() (with, ok bool) {
	if (p.cur.isName("with") || p.cur.isName("without")) && p.look().isName("context") {
		with = p.Next().Value == "with"
		p.Next()
		return with, true
	}
	return false, false
}

func (p *Parser) parseInclude() *Include {
	n := &Include{WithContext: true}
	n.Pos = p.Next().Pos
	n.Template = p.ParseExpression()
	if p.cur.isName("ignore") && p.look().isName("missing") {
		n.IgnoreMissing = true
		p.Next()
		p.Next()
	}
	if with, ok := p.context(); ok {
		n.WithContext = with
	}
	return n
}

func (p *Parser) parseImport() *Import {
	n := &Import{}
	n.Pos = p.Next().Pos
	n.Template = p.ParseExpression()
	p.expectName("as")
	n.Target = p.targetName().Name
	n.WithContext, _ = p.context()
	return n
}

func (p *Parser) parseFrom() *FromImport {
	n := &FromImport{}
	n.Pos = p.Next().Pos
	n.Template = p.ParseExpression()
	p.expectName("import")
	for {
		if n.Names != nil {
			p.expect(tComma)
		}
		if p.cur.Kind != tName {
			p.expect(tName)
		}
		with, ok := p.context()
		if ok {
			n.WithContext = with
			return n
		}
		n.Names = append(n.Names, p.importName())
		if with, ok = p.context(); ok || p.cur.Kind != tComma {
			n.WithContext = with
			return n
		}
	}
}

func (p *Parser) importName() ImportName {
	name := p.targetName()
	if strings.HasPrefix(name.Name, "_") {
		p.failAssertion(name.Pos, "names starting with an underline can not be imported")
	}
	alias := name
	if p.acceptName("as") {
		alias = p.targetName()
	}
	return ImportName{Pos: name.Pos, Name: name.Name, Alias: alias.Name}
}

// signature reads the parameters of a macro.
func (p *Parser) signature() Signature {
	var s Signature
	p.expect(tLparen)
	for p.cur.Kind != tRparen {
		if s.Args != nil {
			p.expect(tComma)
		}
		arg := p.targetName()
		arg.Ctx = Param
		if p.accept(tAssign) {
			s.Defaults = append(s.Defaults, p.ParseExpression())
		} else if s.Defaults != nil {
			p.Fail(p.cur.Pos, "non-default argument follows default argument")
		}
		s.Args = append(s.Args, arg)
	}
	p.Next()
	return s
}

func (p *Parser) parseMacro() *Macro {
	n := &Macro{}
	n.Pos = p.Next().Pos
	n.Name = p.targetName().Name
	n.Signature = p.signature()
	n.Body = p.bodyUntil("endmacro")
	return n
}

func (p *Parser) parseCallBlock() *CallBlock {
	n := &CallBlock{}
	n.Pos = p.Next().Pos
	if p.cur.Kind == tLparen {
		n.Signature = p.signature()
	}
	call, ok := p.ParseExpression().(*Call)
	if !ok {
		p.Fail(n.Pos, "expected call")
	}
	n.Call = call
	n.Body = p.bodyUntil("endcall")
	return n
}

func (p *Parser) parseFilterBlock() *FilterBlock {
	n := &FilterBlock{}
	n.Pos = p.Next().Pos
	n.Filter = p.filters(p.filter(nil))
	n.Body = p.bodyUntil("endfilter")
	return n
}

func (p *Parser) parsePrint() *Output {
	n := &Output{}
	n.Pos = p.Next().Pos
	for p.cur.Kind != tBlockEnd {
		if n.Nodes != nil {
			p.expect(tComma)
		}
		n.Nodes = append(n.Nodes, p.ParseExpression())
	}
	return n
}

func (p *Parser) parseDo() *ExprStmt {
	n := &ExprStmt{}
	n.Pos = p.Next().Pos
	n.Node = p.ParseTuple()
	return n
}

func (p *Parser) parseBreak() *Break {
	n := &Break{}
	n.Pos = p.Next().Pos
	return n
}

func (p *Parser) parseContinue() *Continue {
	n := &Continue{}
	n.Pos = p.Next().Pos
	return n
}

func (p *Parser) parseDebug() *Debug {
	n := &Debug{}
	n.Pos = p.Next().Pos
	return n
}

// target reads what a tag assigns to: a name or a tuple of names, in Store context. With namespace an attribute of a name may
// stand too.
func (p *Parser) target(namespace bool) Expr {
	x := p.tuple(tupleRules{primary: true, namespace: namespace})
	setCtx(x, Store)
	if !canAssign(x) {
		p.Fail(x.Position(), "can't assign to "+quote(exprName(x)))
	}
	return x
}

// targetName reads a single name that is assigned to.
func (p *Parser) targetName() *Name {
	t := p.expect(tName)
	n := &Name{Name: t.Value, Ctx: Store}
	n.Pos = t.Pos
	switch t.Value {
	case "true", "false", "none", "True", "False", "None":
		p.Fail(n.Pos, "can't assign to 'name'")
	}
	return n
}

// setCtx sets the context of a name, or of the names of a tuple.
func setCtx(x Expr, ctx Ctx) {
	switch x := x.(type) {
	case *Name:
		x.Ctx = ctx
	case *Tuple:
		x.Ctx = ctx
		for _, item := range x.Items {
			setCtx(item, ctx)
		}
	}
}

func canAssign(x Expr) bool {
	switch x := x.(type) {
	case *Name, *NSRef:
		return true
	case *Tuple:
		for _, item := range x.Items {
			if !canAssign(item) {
				return false
			}
		}
		return true
	}
	return false
}

// exprName returns the name of Jinja's class for the expression, in lower case.
func exprName(x Expr) string {
	switch x := x.(type) {
	case *Const:
		return "const"
	case *Tuple:
		return "tuple"
	case *List:
		return "list"
	case *Dict:
		return "dict"
	case *CondExpr:
		return "condexpr"
	case *Filter:
		return "filter"
	case *Test:
		return "test"
	case *Call:
		return "call"
	case *Getitem:
		return "getitem"
	case *Getattr:
		return "getattr"
	case *Concat:
		return "concat"
	case *Compare:
		return "compare"
	case *BinExpr:
		return [...]string{"add", "sub", "mul", "div", "floordiv", "mod", "pow", "and", "or"}[x.Op]
	case *UnaryExpr:
		return [...]string{"not", "neg", "pos"}[x.Op]
	}
	return "name"
}
