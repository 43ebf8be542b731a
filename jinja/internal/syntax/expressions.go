package syntax

import (
	"math/big"
	"strconv"
	"strings"
)

// ParseExpression reads one expression.
func (p *Parser) ParseExpression() Expr {
	p.enter()
	defer p.leave()
	start := p.cur.Pos
	x := p.or()
	for at := start; p.acceptName("if"); at = p.cur.Pos {
		c := &CondExpr{Then: x, Test: p.or()}
		c.Pos = pick(start, at)
		if p.acceptName("else") {
			c.Else = p.ParseExpression()
		}
		x = c
	}
	return x
}

// pick returns the first place if it is on the line of the second. Jinja reports the second, of which only the line is
// ever seen; the first is where a reader would point.
func pick(natural, jinja Pos) Pos {
	if natural.Line == jinja.Line {
		return natural
	}
	return jinja
}

// binary reads a chain of operators of one precedence, which group from the left.
func (p *Parser) binary(operand func(*Parser) Expr, operator func(Token) (BinOp, bool)) Expr {
	start := p.cur.Pos
	left := operand(p)
	for at := start; ; at = p.cur.Pos {
		op, ok := operator(p.cur)
		if !ok {
			return left
		}
		n := &BinExpr{Op: op, OpPos: p.Next().Pos, Left: left}
		n.Pos = pick(start, at)
		n.Right = operand(p)
		left = n
	}
}

func (p *Parser) or() Expr {
	return p.binary((*Parser).and, func(t Token) (BinOp, bool) { return Or, t.isName("or") })
}

func (p *Parser) and() Expr {
	return p.binary((*Parser).not, func(t Token) (BinOp, bool) { return And, t.isName("and") })
}

func (p *Parser) not() Expr {
	if !p.cur.isName("not") {
		return p.compare()
	}
	p.enter()
	defer p.leave()
	n := &UnaryExpr{Op: Not}
	n.Pos = p.Next().Pos
	n.Node = p.not()
	return n
}

func (p *Parser) compare() Expr {
	start := p.cur.Pos
	x := p.sum()
	var ops []Operand
	for {
		at := p.cur.Pos
		op, ok := p.compareOp()
		if !ok {
			break
		}
		ops = append(ops, Operand{Pos: at, Op: op, Expr: p.sum()})
	}
	if ops == nil {
		return x
	}
	n := &Compare{Expr: x, Ops: ops}
	n.Pos = pick(start, p.cur.Pos)
	return n
}

// compareOp goes past a comparison operator.
func (p *Parser) compareOp() (op CmpOp, ok bool) {
	switch p.cur.Kind {
	case tEq:
		op = Eq
	case tNe:
		op = Ne
	case tGt:
		op = Gt
	case tGtEq:
		op = GtEq
	case tLt:
		op = Lt
	case tLtEq:
		op = LtEq
	case tName:
		switch {
		case p.cur.Value == "in":
			op = In
		case p.cur.Value == "not" && p.look().isName("in"):
			op = NotIn
			p.Next()
		default:
			return 0, false
		}
	default:
		return 0, false
	}
	p.Next()
	return op, true
}

func (p *Parser) sum() Expr {
	return p.binary((*Parser).concat, func(t Token) (BinOp, bool) {
		switch t.Kind {
		case tAdd:
			return Add, true
		case tSub:
			return Sub, true
		}
		return 0, false
	})
}

func (p *Parser) concat() Expr {
	start := p.cur.Pos
	x := p.product()
	if p.cur.Kind != tTilde {
		return x
	}
	n := &Concat{Nodes: []Expr{x}}
	n.Pos = start
	for p.accept(tTilde) {
		n.Nodes = append(n.Nodes, p.product())
	}
	return n
}

func (p *Parser) product() Expr {
	return p.binary((*Parser).power, func(t Token) (BinOp, bool) {
		switch t.Kind {
		case tMul:
			return Mul, true
		case tDiv:
			return Div, true
		case tFloorDiv:
			return FloorDiv, true
		case tMod:
			return Mod, true
		}
		return 0, false
	})
}

// power groups from the left too, unlike Python's operator.
func (p *Parser) power() Expr {
	return p.binary(
		func(p *Parser) Expr { return p.unary(true) },
		func(t Token) (BinOp, bool) { return Pow, t.Kind == tPow },
	)
}

func (p *Parser) unary(withFilter bool) Expr {
	var x Expr
	switch p.cur.Kind {
	case tSub:
		x = p.sign(Neg)
	case tAdd:
		x = p.sign(Plus)
	default:
		x = p.primary(false)
	}
	x = p.postfix(x)
	if withFilter {
		x = p.filtered(x)
	}
	return x
}

func (p *Parser) sign(op UnaryOp) Expr {
	p.enter()
	defer p.leave()
	n := &UnaryExpr{Op: op}
	n.Pos = p.Next().Pos
	n.Node = p.unary(false)
	return n
}

// primary reads a name or a literal; with namespace, name.attr is an NSRef.
func (p *Parser) primary(namespace bool) Expr {
	t := p.cur
	switch t.Kind {
	case tName:
		p.Next()
		return p.name(t, namespace)
	case tString:
		p.Next()
		if p.cur.Kind != tString {
			return constant(t.Pos, t.Value)
		}
		var b strings.Builder
		b.WriteString(t.Value)
		for p.cur.Kind == tString {
			b.WriteString(p.Next().Value)
		}
		return constant(t.Pos, b.String())
	case tInteger:
		p.Next()
		return constant(t.Pos, integer(t.Value))
	case tFloat:
		p.Next()
		f, _ := strconv.ParseFloat(strings.ReplaceAll(t.Value, "_", ""), 64) // beyond the range it is inf, as Python's
		return constant(t.Pos, f)
	case tLparen:
		p.Next()
		x := p.tuple(tupleRules{parens: true})
		p.expect(tRparen)
		return x
	case tLbracket:
		return p.list()
	case tLbrace:
		return p.dict()
	}
	p.Fail(t.Pos, "unexpected "+quote(t.describe()))
	return nil
}

func (p *Parser) name(t Token, namespace bool) Expr {
	switch t.Value {
	case "true", "True":
		return constant(t.Pos, true)
	case "false", "False":
		return constant(t.Pos, false)
	case "none", "None":
		return constant(t.Pos, nil)
	}
	if namespace && p.accept(tDot) {
		n := &NSRef{Name: t.Value, Attr: p.expect(tName).Value}
		n.Pos = t.Pos
		return n
	}
	n := &Name{Name: t.Value}
	n.Pos = t.Pos
	return n
}

func constant(at Pos, value any) *Const {
	n := &Const{Value: value}
	n.Pos = at
	return n
}

// integer returns the value of an integer as written: int64, or *big.Int if that is too small.
func integer(s string) any {
	s = strings.ReplaceAll(s, "_", "")
	if i, err := strconv.ParseInt(s, 0, 64); err == nil {
		return i
	}
	i, _ := new(big.Int).SetString(s, 0)
	return i
}

// tupleRules are the places' differences in what they accept as a tuple.
type tupleRules struct {
	primary   bool // names and literals alone, for assignments
	namespace bool // of these, also attributes of namespaces
	noCond    bool // no conditional expressions: an if belongs to the tag
	parens    bool // in parentheses, so it may be empty
}

// ParseTuple reads one expression, or a tuple if a comma follows it.
func (p *Parser) ParseTuple() Expr { return p.tuple(tupleRules{}) }

func (p *Parser) tuple(rules tupleRules) Expr {
	start := p.cur.Pos
	at := start
	var items []Expr
	isTuple := false
	for {
		if items != nil {
			p.expect(tComma)
		}
		if p.tupleEnds() {
			break
		}
		items = append(items, p.tupleItem(rules))
		if p.cur.Kind != tComma {
			break
		}
		isTuple = true
		at = p.cur.Pos
	}
	if !isTuple {
		if items != nil {
			return items[0]
		}
		if !rules.parens {
			p.Fail(p.cur.Pos, "Expected an expression, got "+quote(p.cur.describe()))
		}
	}
	n := &Tuple{Items: items}
	n.Pos = pick(start, at)
	return n
}

func (p *Parser) tupleItem(rules tupleRules) Expr {
	switch {
	case rules.primary:
		return p.primary(rules.namespace)
	case rules.noCond:
		return p.or()
	}
	return p.ParseExpression()
}

func (p *Parser) tupleEnds() bool {
	return p.cur.Kind == tVariableEnd || p.cur.Kind == tBlockEnd || p.cur.Kind == tRparen
}

func (p *Parser) list() Expr {
	n := &List{}
	n.Pos = p.Next().Pos
	for p.cur.Kind != tRbracket {
		if n.Items != nil {
			p.expect(tComma)
			if p.cur.Kind == tRbracket {
				break
			}
		}
		n.Items = append(n.Items, p.ParseExpression())
	}
	p.Next()
	return n
}

func (p *Parser) dict() Expr {
	n := &Dict{}
	n.Pos = p.Next().Pos
	for p.cur.Kind != tRbrace {
		if n.Items != nil {
			p.expect(tComma)
			if p.cur.Kind == tRbrace {
				break
			}
		}
		key := p.ParseExpression()
		p.expect(tColon)
		n.Items = append(n.Items, Pair{Pos: key.Position(), Key: key, Value: p.ParseExpression()})
	}
	p.Next()
	return n
}

// postfix reads the subscripts and calls that follow a value.
func (p *Parser) postfix(x Expr) Expr {
	for {
		switch p.cur.Kind {
		case tDot:
			x = p.attribute(x)
		case tLbracket:
			x = p.item(x)
		case tLparen:
			x = p.call(x)
		default:
			return x
		}
	}
}

// filtered reads the filters and tests that follow a value, and calls of what they give.
func (p *Parser) filtered(x Expr) Expr {
	for {
		switch {
		case p.cur.Kind == tPipe:
			p.Next()
			x = p.filter(x)
		case p.cur.isName("is"):
			x = p.test(x)
		case p.cur.Kind == tLparen:
			x = p.call(x)
		default:
			return x
		}
	}
}

func (p *Parser) attribute(x Expr) Expr {
	dot := p.Next()
	t := p.Next()
	switch t.Kind {
	case tName:
		n := &Getattr{Node: x, Attr: t.Value}
		n.Pos = pick(t.Pos, dot.Pos)
		return n
	case tInteger:
		n := &Getitem{Node: x, Arg: constant(t.Pos, integer(t.Value))}
		n.Pos = dot.Pos
		return n
	}
	p.Fail(t.Pos, "expected name or number")
	return nil
}

func (p *Parser) item(x Expr) Expr {
	bracket := p.Next()
	var args []Expr
	for p.cur.Kind != tRbracket {
		if args != nil {
			p.expect(tComma)
		}
		args = append(args, p.subscript())
	}
	p.Next()
	n := &Getitem{Node: x}
	n.Pos = bracket.Pos
	if len(args) == 1 {
		n.Arg = args[0]
		return n
	}
	tuple := &Tuple{Items: args}
	tuple.Pos = bracket.Pos
	n.Arg = tuple
	return n
}

// subscript reads an expression or a slice.
func (p *Parser) subscript() Expr {
	n := &Slice{}
	n.Pos = p.cur.Pos
	if p.cur.Kind != tColon {
		n.Start = p.ParseExpression()
		if p.cur.Kind != tColon {
			return n.Start
		}
	}
	p.Next()
	if p.cur.Kind != tColon {
		n.Stop = p.slicePart()
	}
	if p.accept(tColon) {
		n.Step = p.slicePart()
	}
	return n
}

func (p *Parser) slicePart() Expr {
	if p.cur.Kind == tRbracket || p.cur.Kind == tComma {
		return nil
	}
	return p.ParseExpression()
}

// arguments reads a call's arguments with their parentheses.
func (p *Parser) arguments() Arguments {
	a := p.argumentsUntil(p.expect(tLparen).Pos, tRparen)
	p.Next()
	return a
}

// ParseArguments reads the arguments of a custom tag, which stand without parentheses behind its name, up to its end.
func (p *Parser) ParseArguments() Arguments { return p.argumentsUntil(p.cur.Pos, tBlockEnd) }

// argumentsUntil reads arguments up to a token of the kind, which becomes the current one.
func (p *Parser) argumentsUntil(start Pos, end Kind) Arguments {
	var a Arguments
	ensure := func(ok bool) {
		if !ok {
			p.Fail(start, "invalid syntax for function call expression")
		}
	}
	for comma := false; p.cur.Kind != end; comma = true {
		if comma {
			p.expect(tComma)
			if p.cur.Kind == end {
				break
			}
		}
		switch {
		case p.cur.Kind == tMul:
			ensure(a.DynArgs == nil && a.DynKwargs == nil)
			p.Next()
			a.DynArgs = p.ParseExpression()
		case p.cur.Kind == tPow:
			ensure(a.DynKwargs == nil)
			p.Next()
			a.DynKwargs = p.ParseExpression()
		case p.cur.Kind == tName && p.look().Kind == tAssign:
			ensure(a.DynKwargs == nil)
			key := p.Next()
			p.Next()
			value := p.ParseExpression()
			a.Kwargs = append(a.Kwargs, &Keyword{Pos: pick(key.Pos, value.Position()), Key: key.Value, Value: value})
		default:
			ensure(a.DynArgs == nil && a.DynKwargs == nil && a.Kwargs == nil)
			a.Args = append(a.Args, p.ParseExpression())
		}
	}
	return a
}

func (p *Parser) call(x Expr) Expr {
	n := &Call{Node: x}
	n.Pos = p.cur.Pos
	n.Arguments = p.arguments()
	return n
}

// filters reads the filters that follow with their pipes.
func (p *Parser) filters(f *Filter) *Filter {
	for p.accept(tPipe) {
		if f == nil {
			f = p.filter(nil)
		} else {
			f = p.filter(f)
		}
	}
	return f
}

// filter reads a filter behind its pipe.
func (p *Parser) filter(x Expr) *Filter {
	n := &Filter{Node: x}
	n.Pos = p.cur.Pos
	n.Name = p.dotted()
	if p.cur.Kind == tLparen {
		n.Arguments = p.arguments()
	}
	return n
}

// dotted reads a name that may have dots.
func (p *Parser) dotted() string {
	name := p.expect(tName).Value
	for p.accept(tDot) {
		name += "." + p.expect(tName).Value
	}
	return name
}

func (p *Parser) test(x Expr) Expr {
	is := p.Next()
	negated := p.acceptName("not")
	n := &Test{Node: x}
	n.Pos = pick(p.cur.Pos, is.Pos)
	n.Name = p.dotted()
	switch p.cur.Kind {
	case tLparen:
		n.Arguments = p.arguments()
	case tName, tString, tInteger, tFloat, tLbracket, tLbrace:
		if p.cur.isName("else") || p.cur.isName("or") || p.cur.isName("and") {
			break
		}
		if p.cur.isName("is") {
			p.Fail(p.cur.Pos, "You cannot chain multiple tests with is")
		}
		n.Args = []Expr{p.postfix(p.primary(false))}
	}
	if !negated {
		return n
	}
	not := &UnaryExpr{Op: Not, Node: n}
	not.Pos = is.Pos
	return not
}
