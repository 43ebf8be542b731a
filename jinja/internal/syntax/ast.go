package syntax

// Pos is a place in a template's source. The zero Pos means that the node was made by a custom tag and has no place.
type Pos struct {
	Line   int32 // 1-based; "\n", "\r\n" and "\r" each end a line
	Col    int32 // 1-based, in bytes
	Offset int32 // 0-based, in bytes of the source as it was given
}

// Position returns the place of the node: the token whose line Jinja reports for it.
func (p Pos) Position() Pos { return p }

// Node is a part of the tree. The set of nodes is closed; a type switch over a pointer to each is complete.
type Node interface {
	Position() Pos
	node()
}

// Stmt is a node that stands in a body.
type Stmt interface {
	Node
	stmt()
}

// Expr is a node that has a value.
type Expr interface {
	Node
	expr()
}

func (Pos) node() {}

// at and of are what the nodes embed: a place and the kind of node.
type (
	stmtAt struct{ Pos }
	exprAt struct{ Pos }
)

func (stmtAt) stmt() {}
func (exprAt) expr() {}

// Template is the root of the tree.
type Template struct {
	Pos
	Name string
	Body []Stmt
}

// Output prints its nodes in order; text is a TemplateData among them.
type Output struct {
	stmtAt
	Nodes []Expr
}

// Extends names the template that this one continues.
type Extends struct {
	stmtAt
	Template Expr
}

// For is a loop. Test is nil unless the loop filters; Else is empty when there is none.
type For struct {
	stmtAt
	Target    Expr // Name or Tuple, in Store context
	Iter      Expr
	Body      []Stmt
	Else      []Stmt
	Test      Expr
	Recursive bool
}

// If chooses a body. Its elif branches are Ifs with neither Elif nor Else.
type If struct {
	stmtAt
	Test Expr
	Body []Stmt
	Elif []*If
	Else []Stmt
}

// Signature is the parameters of a Macro or CallBlock: Defaults belong to the last len(Defaults) of Args.
type Signature struct {
	Args     []*Name // in Param context
	Defaults []Expr
}

// Macro defines a macro.
type Macro struct {
	stmtAt
	Name string
	Signature
	Body []Stmt
}

// CallBlock calls Call.Node with a nameless macro, this block, as its caller.
type CallBlock struct {
	stmtAt
	Call *Call
	Signature
	Body   []Stmt
	Custom bool // a custom tag: what the call gives is escaped like any value
}

// FilterBlock passes its rendered body through Filter, a chain whose innermost Node is nil.
type FilterBlock struct {
	stmtAt
	Body   []Stmt
	Filter *Filter
}

// With opens a scope in which Targets[i] (Param context) is Values[i]; the values are evaluated outside of it.
type With struct {
	stmtAt
	Targets []Expr
	Values  []Expr
	Body    []Stmt
}

// Block is a part of a template which a child may replace.
type Block struct {
	stmtAt
	Name     string
	Body     []Stmt
	Scoped   bool
	Required bool
}

// Include renders another template here.
type Include struct {
	stmtAt
	Template      Expr
	WithContext   bool
	IgnoreMissing bool
}

// Import binds another template's module to Target.
type Import struct {
	stmtAt
	Template    Expr
	Target      string
	WithContext bool
}

// FromImport binds some names of another template's module.
type FromImport struct {
	stmtAt
	Template    Expr
	Names       []ImportName
	WithContext bool
}

// ImportName is one name of a FromImport; Alias is Name when the template gives none.
type ImportName struct {
	Pos
	Name, Alias string
}

// ExprStmt evaluates an expression and drops its value ({% do %}).
type ExprStmt struct {
	stmtAt
	Node Expr
}

// Assign is {% set target = node %}.
type Assign struct {
	stmtAt
	Target Expr // Name, NSRef or Tuple, in Store context
	Node   Expr
}

// AssignBlock is {% set target | filter %}body{% endset %}; Filter is nil without filters, else a chain whose innermost
// Node is nil.
type AssignBlock struct {
	stmtAt
	Target Expr
	Filter *Filter
	Body   []Stmt
}

// Break leaves the innermost loop.
type Break struct{ stmtAt }

// Continue goes on with the next round of the innermost loop.
type Continue struct{ stmtAt }

// Scope is an artificial scope around Body.
type Scope struct {
	stmtAt
	Body []Stmt
}

// ScopedEvalContextModifier sets options for its body alone. {% autoescape x %} is one inside a Scope.
type ScopedEvalContextModifier struct {
	stmtAt
	Options []*Keyword
	Body    []Stmt
}

// Trans is a translatable section. Expr is what it prints, the call of gettext, ngettext, pgettext or npgettext with the
// variables filled in as Jinja compiles it; the other fields describe the same to tools. When the number to count by is
// a call, the parser puts an Assign of the name _trans before the node, so that the call happens once.
type Trans struct {
	stmtAt
	Context    string // meaningful if HasContext
	Singular   string // the message id, with %(name)s for each variable
	Plural     string // meaningful if HasPlural
	HasContext bool
	HasPlural  bool
	Vars       []*Keyword // in the order they first appear
	Count      Expr       // decides between Singular and Plural; nil unless HasPlural
	Expr       Expr
}

// Debug prints the context and the names of filters and tests ({% debug %}).
type Debug struct{ stmtAt }

// Ctx says what is done with a Name, NSRef or Tuple.
type Ctx uint8

// The contexts: read, assigned to, declared as a parameter.
const (
	Load Ctx = iota
	Store
	Param
)

// String returns Jinja's word for the context.
func (c Ctx) String() string { return [...]string{"load", "store", "param"}[c] }

// TemplateData is constant text, with newlines already in the configured sequence. It is safe: never escaped.
type TemplateData struct {
	exprAt
	Data string
}

// Const is a constant: nil, bool, int64, *big.Int (only beyond int64), float64 or string.
type Const struct {
	exprAt
	Value any
}

// Name is a variable.
type Name struct {
	exprAt
	Name string
	Ctx  Ctx
}

// NSRef is the target of a namespace assignment, {% set name.attr = … %}.
type NSRef struct {
	exprAt
	Name, Attr string
}

// Tuple is a tuple, or the targets of an unpacking.
type Tuple struct {
	exprAt
	Items []Expr
	Ctx   Ctx
}

// List is a list literal.
type List struct {
	exprAt
	Items []Expr
}

// Dict is a dict literal in source order; a later duplicate key wins.
type Dict struct {
	exprAt
	Items []Pair
}

// Pair is one entry of a Dict.
type Pair struct {
	Pos
	Key, Value Expr
}

// Keyword is a named argument.
type Keyword struct {
	Pos
	Key   string
	Value Expr
}

// CondExpr is Then if Test else Else; Else is nil when it is left out, which gives an undefined value.
type CondExpr struct {
	exprAt
	Test, Then, Else Expr
}

// Arguments are those of a Call, Filter or Test. DynArgs (*x) and DynKwargs (**x) are nil when absent.
type Arguments struct {
	Args      []Expr
	Kwargs    []*Keyword
	DynArgs   Expr
	DynKwargs Expr
}

// Filter applies a filter. Node is nil where a FilterBlock or AssignBlock supplies the value. The name may be dotted.
type Filter struct {
	exprAt
	Node Expr
	Name string
	Arguments
}

// Test applies a test. The name may be dotted.
type Test struct {
	exprAt
	Node Expr
	Name string
	Arguments
}

// Call calls a value.
type Call struct {
	exprAt
	Node Expr
	Arguments
}

// Getitem is node[arg] or node.0, which prefers an item to an attribute.
type Getitem struct {
	exprAt
	Node, Arg Expr
}

// Getattr is node.attr, which prefers an attribute to an item.
type Getattr struct {
	exprAt
	Node Expr
	Attr string
}

// Slice stands only as (or in a Tuple as) the Arg of a Getitem; each part may be nil.
type Slice struct {
	exprAt
	Start, Stop, Step Expr
}

// Concat joins the nodes as strings (the ~ operator).
type Concat struct {
	exprAt
	Nodes []Expr
}

// Compare is a chain of comparisons, each operand against the one before it.
type Compare struct {
	exprAt
	Expr Expr
	Ops  []Operand
}

// Operand is an operator of a Compare and what stands right of it; its Pos is the operator's.
type Operand struct {
	Pos
	Op   CmpOp
	Expr Expr
}

// CmpOp is a comparison.
type CmpOp uint8

// The comparisons.
const (
	Eq CmpOp = iota
	Ne
	Gt
	GtEq
	Lt
	LtEq
	In
	NotIn
)

// String returns Jinja's name of the operator.
func (o CmpOp) String() string {
	return [...]string{"eq", "ne", "gt", "gteq", "lt", "lteq", "in", "notin"}[o]
}

// BinExpr applies an operator to two values; And and Or evaluate Right only when it is needed.
type BinExpr struct {
	exprAt
	Op          BinOp
	OpPos       Pos // where the operator stands, for a caret; Pos gives Jinja's line
	Left, Right Expr
}

// BinOp is an operator with two operands.
type BinOp uint8

// The operators with two operands.
const (
	Add BinOp = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
	And
	Or
)

// String returns the operator as it is written.
func (o BinOp) String() string {
	return [...]string{"+", "-", "*", "/", "//", "%", "**", "and", "or"}[o]
}

// UnaryExpr applies an operator to one value.
type UnaryExpr struct {
	exprAt
	Op   UnaryOp
	Node Expr
}

// UnaryOp is an operator with one operand.
type UnaryOp uint8

// The operators with one operand.
const (
	Not UnaryOp = iota
	Neg
	Plus
)

// String returns the operator as it is written.
func (o UnaryOp) String() string { return [...]string{"not", "-", "+"}[o] }

// MarkSafeIfAutoescape makes its value Markup where autoescaping is on (Trans).
type MarkSafeIfAutoescape struct {
	exprAt
	Expr Expr
}

// GoValue is a Go value a custom tag put into the tree, usually a function to be called.
type GoValue struct {
	exprAt
	Value any
}
