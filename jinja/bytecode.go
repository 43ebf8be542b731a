package jinja

import (
	"sync/atomic"

	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// op is an instruction's operation.
type op uint8

// The operations. In their descriptions R means a register, V a register or constant (see instr), and → what is written
// where. Every operation that prints first prints its text d.
const (
	opNop op = iota

	// Printing.
	opText       // print text c
	opOut        // print V a
	opOutAttr    // print V a .attrs[b]
	opPhrases    // do the phrases of runs[b] from c on; the first of them stands for the a instructions that follow
	opOutRaw     // print V a, a string, as it is
	opNativeOut  // keep V a as a piece of a native result
	opNativeText // keep text c as one

	// Values and names.
	opMove      // a ← V b
	opLoad      // a ← R b, or undefined undefs[c] if it is missing
	opMissing   // a ← missing
	opUpval     // a ← R c of the function x levels out, or undefined undefs[b] if it is missing and b >= 0
	opResolve   // a ← the context's attrs[b], or undefined
	opResolveIf // a ← the context's attrs[b], or missing
	opFresh     // a ← a copy of V b, a list or dict
	opSelf      // a ← the object "self"
	opSuper     // a ← the object "super"
	opSuperCall // a ← super(); a < 0 prints

	// Expressions.
	opAttr      // a ← V b .attrs[c]
	opItem      // a ← V b [V c]
	opItemNamed // a ← V b [attrs[c]]
	opSliced    // a ← V b [R c : R c+1 : R c+2]
	opBinary    // a ← V b, operator x, V c
	opUnary     // a ← operator x, V b
	opCompare   // a ← V b, comparison x, V c
	opConcat    // a ← c values from R b joined; escape mode x
	opList      // a ← list of c values from R b
	opTuple     // a ← tuple of c values from R b
	opDict      // a ← dict of c pairs from R b
	opSlice     // a ← slice object of 3 values from R b
	opMarkup    // a ← V b as Markup; escape mode x
	opReceiver  // fail if V a is undefined, so that it has no .attrs[b] to call
	opCall      // a ← V b called; sites[c]. a < 0 prints
	opMethod    // a ← V b .attr called; sites[c]. a < 0 prints
	opFilter    // a ← filter of sites[c]; a < 0 prints
	opTest      // a ← test of sites[c]
	opDefined   // a ← whether V b is defined, or the opposite if x is 1

	// Control.
	opJump        // to c
	opJumpTrue    // to c if V a is true; x is set if nothing else uses a
	opJumpFalse   // to c if V a is false; likewise
	opJumpCompare // to c unless V a, comparison x, V b
	opJumpAttr    // to c if the truth of V a .attrs[b] is x
	opJumpDefined // to c unless R a is missing
	opJumpChild   // to c if an extends has run
	opParent      // run the top level of the parent, if an extends has run
	opReturn
	opRaise // messages[a], kind by x

	// Loops.
	opForInit     // loop b over V a; flags x
	opForEnter    // a ← first item of loop b, or to c
	opForRows     // print the item R a of loop b by rows[c] and all after it, as far as they are plain; at the end leave the loop
	opForNext     // a ← next item of loop b and to c, or on; loop ends
	opForSkip     // the item of loop b does not count
	opForEnd      // leave loop b early
	opForFilter   // loop b is filtered by functions[c]
	opYield       // hand R a out of a loop filter, if V b is true
	opUnpack      // registers lists[b] ← items of V a
	opLoopAttr    // a ← attribute c of loop b
	opLoopCycle   // a ← loop x .cycle(c values from R b)
	opLoopChanged // a ← loop x .changed(c values from R b)
	opLoopObject  // a ← loop b as an object
	opRecurse     // a ← the recursive loop of functions[c] run over V b; escape mode x; a < 0 prints; c < 0 means this function
	opLoopSource  // a ← what the recursive loop was called with

	// Statements.
	opCapture     // R a ← a mark; what is printed from here on is kept back. It stands where it will be used, if x is set
	opCaptured    // a ← what was printed since mark R b; escape mode x
	opTruncate    // drop what was printed since mark R a
	opNamespace   // fail unless R a is a namespace
	opSetAttr     // namespace R a .attrs[b] ← V c
	opExport      // context variable names[b] ← R a; x says how it is exported
	opMacro       // a ← macro of functions[b]
	opBlock       // run block sites[c]
	opExtends     // the parent is V a
	opInclude     // run template V a; sites[c]
	opImport      // a ← module of template V b; sites[c]
	opImportName  // a ← name of module R b; sites[c]
	opAutoescape  // R a ← the autoescape flag; the flag ← truth of V b
	opRestore     // the autoescape flag ← R a
	opDebug       // a ← the text of {% debug %}
	opFinalize    // a ← V b finalized
	opTranslation // a ← translation of V b … (see addGettext)
)

// instr is one instruction. An operand that may be a register or a constant is the register's number, or ^i for constant i.
type instr struct {
	op      op
	x       uint8
	d       uint16 // the text that a printing operation prints first; 0 is none
	a, b, c int32
}

// Escape modes of printing instructions, in x.
const (
	escOff      uint8 = iota // as str
	escOn                    // escaped, unless Markup
	escVolatile              // as the autoescape flag says at run time
	escPlace                 // as the place says; see place
	escPlaceVolatile
	escTracked // the same, in tracked frames
	escTrackedVolatile
)

// How opExport changes the set of exported names.
const (
	exportKeep uint8 = iota // a variable of the context only: the name starts with an underscore
	exportAdd               // also exported to templates that import this one
	exportDrop              // imported itself, and not exported again
)

// function is one body of code: a template's top level, a block, a macro, a caller, a recursive loop or a loop's filter.
type function struct {
	body
	tracked  atomic.Pointer[function] // see trackedVersion
	versions atomic.Pointer[version]  // see startingAt
}

// origin is what of the source an instruction was made from.
type origin struct {
	line, col int32 // of the expression
	statement int32 // the line that Jinja knows: that of the statement, or of the value printed, around the expression
}

type body struct {
	tmpl  *Template
	kind  string // for error stacks: "", "block", "macro", "caller", "loop", "filter"
	name  string
	outer *function // the one it is written in, whose variables it can read

	code []instr
	from []origin // of each instruction
	cost int      // steps to enter it
	regs int      // registers needed
	// temps is the first of those that hold a value for one use only.
	temps int32
	// loops is how many loops are open at once at most.
	loops int
	// keep is set if functions defined inside read this one's registers, which then outlive the call.
	keep bool
	// readsOuter is set if it, or a function defined in it, reads registers of a function around it.
	readsOuter bool

	consts    []Value
	texts     []value.Text
	attrs     []*value.Attr
	rows      []*value.Rows
	runs      [][]phrase
	idents    []ident
	undefs    []*value.Undef
	functions []*function
	sites     []*site
	lists     [][]int32
	locals    [][]local
	names     []string

	macro *macroSignature

	// Where values are escaped by their place: the places, for each instruction the index of its own, where the function is
	// assumed to begin and to end, and whether that assumption is not enough.
	places     []place
	at         []uint16
	start, end *escape.Context
	ragged     bool
	of         *function // of which this is a version for another place

	slots map[slotKey]*slot // while it is compiled
}

// macroSignature is how a macro takes its arguments.
type macroSignature struct {
	name           string
	params         []string // in registers 0…
	caller         bool     // the body uses "caller"
	explicitCaller bool     // "caller" is among the parameters
	callerReg      int32    // where it goes otherwise; -1 if it does not
	kwargsReg      int32    // -1 unless the body uses "kwargs"
	varargsReg     int32
	plain          bool // none of the special parameters is used
}

// local is a variable that an include, an import with context or a scoped block gets to see.
type local struct {
	name string
	up   int32 // functions out
	reg  int32
}

// site is what one call-like instruction needs to know besides its operands.
type site struct {
	// Calls, filters and tests: the operands are the positional arguments (a filter's value first), the keyword arguments,
	// *args and **kwargs, in this order and as far as they are there.
	operands  []int32
	args      int
	kwargs    []string
	dynArgs   bool
	dynKwargs bool
	callee    *callee     // filters and tests
	quick     quick       // of a filter
	attr      *value.Attr // method calls
	plain     bool        // there are positional arguments only

	// Blocks, includes, imports.
	name        string
	block       atomic.Pointer[blockCache]
	link        atomic.Pointer[link]
	scoped      bool
	required    bool
	withContext bool
	ignore      bool // a template that does not exist is passed over
	locals      int32
	message     string
}

// Operators of opCompare, opBinary and opUnary, numbered as in package syntax.
const (
	cmpEq    = uint8(syntax.Eq)
	cmpNe    = uint8(syntax.Ne)
	cmpGt    = uint8(syntax.Gt)
	cmpGtEq  = uint8(syntax.GtEq)
	cmpLt    = uint8(syntax.Lt)
	cmpLtEq  = uint8(syntax.LtEq)
	cmpIn    = uint8(syntax.In)
	cmpNotIn = uint8(syntax.NotIn)

	binAdd      = uint8(syntax.Add)
	binSub      = uint8(syntax.Sub)
	binMul      = uint8(syntax.Mul)
	binDiv      = uint8(syntax.Div)
	binFloorDiv = uint8(syntax.FloorDiv)
	binMod      = uint8(syntax.Mod)
	binPow      = uint8(syntax.Pow)

	unaryNot = uint8(syntax.Not)
	unaryNeg = uint8(syntax.Neg)
	unaryPos = uint8(syntax.Plus)
)

// raiseKinds are the error kinds of opRaise, by x.
var raiseKinds = [...]string{KindRuntime}
