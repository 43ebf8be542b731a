package syntax

// Walk calls visit for a node and, where that returns true, for the nodes below it, each before its own children and in
// source order. Parts that are absent are passed over.
func Walk(n Node, visit func(Node) bool) {
	w := walker{visit: visit}
	w.node(n)
}

// checkHeight bounds the tree, so that code which walks it by recursion needs no bound of its own. The parser's own
// nesting is not enough: a chain of operators is one level to it, but as deep as it is long to others.
func (p *Parser) checkHeight(n Node) {
	height := 0
	w := walker{visit: func(n Node) bool {
		if height++; height > maxHeight {
			p.Fail(n.Position(), "template is nested too deeply")
		}
		return true
	}, leave: func() { height-- }}
	w.node(n)
}

type walker struct {
	visit func(Node) bool
	leave func() // after the children of a visited node; nil if nobody asks
}

func (w *walker) node(n Node) {
	if n == nil || !w.visit(n) {
		return
	}
	w.children(n)
	if w.leave != nil {
		w.leave()
	}
}

func (w *walker) children(n Node) {
	switch n := n.(type) {
	case Stmt:
		w.statement(n)
	case Expr:
		w.expression(n)
	case *Template:
		w.stmts(n.Body)
	}
}

func (w *walker) statement(n Stmt) {
	switch n := n.(type) {
	case *Output:
		w.exprs(n.Nodes)
	case *Extends:
		w.expr(n.Template)
	case *For:
		w.expr(n.Target)
		w.expr(n.Iter)
		w.expr(n.Test)
		w.stmts(n.Body)
		w.stmts(n.Else)
	case *If:
		w.expr(n.Test)
		w.stmts(n.Body)
		for _, elif := range n.Elif {
			w.node(elif)
		}
		w.stmts(n.Else)
	case *Macro:
		w.signature(n.Signature)
		w.stmts(n.Body)
	case *CallBlock:
		w.signature(n.Signature)
		w.node(n.Call)
		w.stmts(n.Body)
	case *FilterBlock:
		w.node(n.Filter)
		w.stmts(n.Body)
	case *With:
		for i := range n.Targets {
			w.expr(n.Targets[i])
			w.expr(n.Values[i])
		}
		w.stmts(n.Body)
	case *Block:
		w.stmts(n.Body)
	case *Include:
		w.expr(n.Template)
	case *Import:
		w.expr(n.Template)
	case *FromImport:
		w.expr(n.Template)
	case *ExprStmt:
		w.expr(n.Node)
	case *Assign:
		w.expr(n.Target)
		w.expr(n.Node)
	case *AssignBlock:
		w.expr(n.Target)
		if n.Filter != nil {
			w.node(n.Filter)
		}
		w.stmts(n.Body)
	case *Scope:
		w.stmts(n.Body)
	case *ScopedEvalContextModifier:
		w.keywords(n.Options)
		w.stmts(n.Body)
	case *Trans:
		w.expr(n.Expr)
	}
}

func (w *walker) expression(n Expr) {
	switch n := n.(type) {
	case *Tuple:
		w.exprs(n.Items)
	case *List:
		w.exprs(n.Items)
	case *Dict:
		for _, pair := range n.Items {
			w.expr(pair.Key)
			w.expr(pair.Value)
		}
	case *CondExpr:
		w.expr(n.Then)
		w.expr(n.Test)
		w.expr(n.Else)
	case *Filter:
		w.expr(n.Node)
		w.arguments(n.Arguments)
	case *Test:
		w.expr(n.Node)
		w.arguments(n.Arguments)
	case *Call:
		w.expr(n.Node)
		w.arguments(n.Arguments)
	case *Getitem:
		w.expr(n.Node)
		w.expr(n.Arg)
	case *Getattr:
		w.expr(n.Node)
	case *Slice:
		w.expr(n.Start)
		w.expr(n.Stop)
		w.expr(n.Step)
	case *Concat:
		w.exprs(n.Nodes)
	case *Compare:
		w.expr(n.Expr)
		for _, op := range n.Ops {
			w.expr(op.Expr)
		}
	case *BinExpr:
		w.expr(n.Left)
		w.expr(n.Right)
	case *UnaryExpr:
		w.expr(n.Node)
	case *MarkSafeIfAutoescape:
		w.expr(n.Expr)
	}
}

// expr is node for a part that may be absent, which an Expr that is nil would hide as a Node.
func (w *walker) expr(x Expr) {
	if x != nil {
		w.node(x)
	}
}

func (w *walker) exprs(xs []Expr) {
	for _, x := range xs {
		w.expr(x)
	}
}

func (w *walker) stmts(body []Stmt) {
	for _, s := range body {
		w.node(s)
	}
}

func (w *walker) keywords(ks []*Keyword) {
	for _, k := range ks {
		w.expr(k.Value)
	}
}

func (w *walker) arguments(a Arguments) {
	w.exprs(a.Args)
	w.keywords(a.Kwargs)
	w.expr(a.DynArgs)
	w.expr(a.DynKwargs)
}

func (w *walker) signature(s Signature) {
	for _, arg := range s.Args {
		w.node(arg)
	}
	w.exprs(s.Defaults)
}
