package jinja

import (
	"slices"
	"unsafe"

	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// This file joins the compiler and the machine to package escape. While it writes a function, the compiler follows the text
// that is printed and knows the place of each value: printing instructions carry an index into the function's places. It
// assumes that a function begins in text, and that what it calls ends where a value would. Both can be wrong: a block may
// stand in an attribute, an include may end inside of one. Then the frame is tracked: it runs a version of the function that
// finds the places by following the bytes really printed, until they are as assumed again. A function whose places cannot be
// known beforehand is always tracked.

// place is where printing instructions of a function stand.
type place struct {
	context *escape.Context // textPlace if it is text
	escaper escape.Escaper
	after   *escape.Context // behind a value
	plain   bool            // strings and numbers are escaped as in text
	url     bool            // a path is escaped as in text
}

// textPlace stands for text in all functions, so that the usual place is known by its pointer.
var textPlace = new(escape.Context)

// placePointer is a place that is kept.
func placePointer(c escape.Context) *escape.Context {
	if c == *textPlace {
		return textPlace
	}
	return &c
}

func newPlace(context escape.Context, e escape.Escaper, after escape.Context) place {
	p := place{context: placePointer(context), escaper: e, plain: e.Plain(), url: e.URL()}
	if p.after = p.context; after != context {
		p.after = placePointer(after)
	}
	return p
}

// examine decides whether the places of a template matter: if values are escaped in it.
func (c *compiler) examine(tree *syntax.Template) {
	c.examines = c.autoescape
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.ScopedEvalContextModifier:
			c.examines = true
		}
		return !c.examines
	})
	c.examines = c.examines && !c.env.cfg.Native
}

// follow notes text that is printed, for the place of what comes next.
func (c *compiler) follow(text string) {
	if !c.examines {
		return
	}
	c.spot = escape.Advance(c.spot, text)
	if c.spot.Failed() {
		c.lose("T012", c.at, "what the text behind the value means depends on the value")
		c.forget()
	}
}

// output notes that a value is printed. It returns the mode of escaping and the place's index.
func (c *compiler) outputPlace(mode uint8) (uint8, uint16) {
	if !c.examines {
		return mode, 0
	}
	here := c.spot
	e, after := here.Output()
	attributes := mode != escOff && isFilter(c.printed, "xmlattr")
	if attributes {
		after = here.BehindAttributes()
	}
	c.spot = after
	if c.lint != nil && mode != escOff {
		c.lint.output(c, here, e)
	}
	if after.Failed() {
		c.lose("T012", c.at, "what follows this value depends on it: it stands %s", escape.Describe(here))
		c.forget()
	}
	at := uint16(0)
	if c.contextual() {
		at = c.placeIndex(newPlace(here, e, after))
	}
	if mode == escOff || e == (escape.Escaper{}) {
		return mode, at
	}
	if e.Doubtful() && !attributes && !c.callsMacro(c.printed) {
		c.find(doubtful(here), c.at, "the value stands %s, where only plain words are let through", escape.Describe(here))
	}
	switch {
	case !c.contextual():
		return mode, 0
	case mode == escVolatile:
		return escPlaceVolatile, at
	}
	return escPlace, at
}

// callsMacro reports whether an expression is the call of a macro. What that prints is a template's text, and values in it
// are escaped for the places where they stand then.
func (c *compiler) callsMacro(n syntax.Expr) bool {
	call, ok := n.(*syntax.Call)
	if !ok {
		return false
	}
	callee := call.Node
	if g, ok := callee.(*syntax.Getattr); ok {
		callee = g.Node
	}
	name, ok := callee.(*syntax.Name)
	return ok && slices.Contains(c.macros, name.Name)
}

// isFilter reports whether an expression is the result of the filter.
func isFilter(n syntax.Expr, name string) bool {
	f, ok := n.(*syntax.Filter)
	return ok && f.Name == name
}

// contextual reports whether values are escaped by their place.
func (c *compiler) contextual() bool { return c.examines && c.env.cfg.Mode != Compat }

func (c *compiler) placeIndex(p place) uint16 {
	i, ok := placeIndex(&c.places, p)
	c.ragged = c.ragged || !ok
	return i
}

// placeIndex returns the index of a place in a list, adding it if it is new; false if the list is full.
func placeIndex(places *[]place, p place) (uint16, bool) {
	for i, q := range *places {
		if *q.context == *p.context && q.escaper == p.escaper && *q.after == *p.after {
			return uint16(i), true
		}
	}
	if len(*places) == 1<<16-1 {
		return 0, false
	}
	*places = append(*places, p)
	return uint16(len(*places) - 1), true
}

// lose notes that the places behind here cannot be known beforehand. Strict templates may not have such.
func (c *compiler) lose(id string, at syntax.Pos, format string, args ...any) {
	c.ragged = c.contextual()
	c.find(id, at, format, args...)
}

// forget has the linter, which does not stop at the first place that cannot be known, go on in text.
func (c *compiler) forget() {
	if c.lint != nil {
		c.spot = escape.Context{}
	}
}

// find notes what Strict refuses, for which the linter has an id.
func (c *compiler) find(id string, at syntax.Pos, format string, args ...any) {
	switch {
	case c.lint != nil:
		c.lint.add(c.tmpl, id, at, format, args...)
	case c.env.cfg.Mode == Strict:
		c.failKind(KindEscape, at, format, args...)
	}
}

// joinPlaces is the place behind two ways through the template. What says how it is reached, with a %s for each.
func (c *compiler) joinPlaces(what string, a, b escape.Context) escape.Context {
	if !c.examines {
		return a
	}
	j, ok := escape.Join(a, b)
	if !ok {
		c.lose("T010", c.at, what, escape.Describe(a), escape.Describe(b))
		return a
	}
	return j
}

// reaches reports whether code that assumes the place to is right at the place from.
func reaches(from, to escape.Context) bool {
	if from == to {
		return true
	}
	j, ok := escape.Join(to, from)
	return ok && j == to
}

// track is how far the places of tracked frames are known.
type track struct {
	context escape.Context
	pos     int  // in the output
	tracked bool // of where a capture began: the frame was tracked there
}

// here is the place at the end of the output, in a tracked frame.
func (vm *vm) here() escape.Context {
	if n := len(vm.out); n > vm.track.pos {
		text := unsafe.String(unsafe.SliceData(vm.out[vm.track.pos:]), n-vm.track.pos)
		vm.track.context, vm.track.pos = escape.Advance(vm.track.context, text), n
	}
	return vm.track.context
}

// tracks makes f a tracked frame from here on.
func (f *frame) tracks() {
	f.tracked = true
	f.fn = f.fn.trackedVersion()
}

// origin is the function of which fn may be a version.
func (fn *function) origin() *function {
	if fn.of != nil {
		return fn.of
	}
	return fn
}

// trackedVersion is the function for tracked frames. It has the same instructions at the same places.
func (fn *function) trackedVersion() *function {
	fn = fn.origin()
	if t := fn.tracked.Load(); t != nil {
		return t
	}
	t := &function{body: fn.body}
	t.of = fn
	t.code = make([]instr, len(fn.code))
	copy(t.code, fn.code)
	for i := range t.code {
		in := &t.code[i]
		switch in.op {
		case opPhrases, opForRows:
			in.op = opNop
		case opOut, opOutAttr, opCall, opMethod, opFilter, opSuperCall:
			if in.a >= 0 && in.op != opOut && in.op != opOutAttr {
				continue
			}
			switch in.x {
			case escOn, escPlace:
				in.x = escTracked
			case escVolatile, escPlaceVolatile:
				in.x = escTrackedVolatile
			}
		}
	}
	fn.tracked.CompareAndSwap(nil, t)
	return fn.tracked.Load()
}

// enterPlace prepares the frame g, just pushed, which prints where the instruction of f before pc stands.
func (vm *vm) enterPlace(f, g *frame) {
	if g.fn.places == nil {
		return // its template has no places
	}
	if f.tracked {
		vm.here()
		g.tracks()
		return
	}
	at := textPlace // if f's template has no places
	if f.fn.places != nil {
		at = f.fn.placeAt(f.pc - 1).context
	}
	if at == g.fn.start && !g.fn.ragged {
		return
	}
	if fn := g.fn.startingAt(at); fn != nil {
		g.fn = fn
		return
	}
	vm.track = track{context: *at, pos: len(vm.out)}
	g.tracks()
}

// enterText prepares the frame g, just pushed, whose output is taken away: it begins in text.
func (vm *vm) enterText(g *frame) {
	g.saved = vm.track
	if g.fn.places == nil || g.fn.start == textPlace && !g.fn.ragged {
		return
	}
	if fn := g.fn.startingAt(textPlace); fn != nil {
		g.fn = fn
		return
	}
	vm.track = track{pos: len(vm.out)}
	g.tracks()
}

// leavePlace checks, when g has printed for f, that it ended where f assumes.
func (vm *vm) leavePlace(f, g *frame) {
	if f.tracked || f.fn.places == nil {
		return
	}
	after := f.fn.placeAt(f.pc - 1).after
	if g.fn.end == after && !g.tracked || g.fn.places == nil {
		return
	}
	end := *g.fn.end
	if g.tracked {
		end = vm.here()
	}
	if !reaches(end, *after) {
		vm.track = track{context: end, pos: len(vm.out)}
		f.tracks()
	}
}

// placeAt is the place of an instruction.
func (fn *function) placeAt(pc int) *place { return &fn.places[fn.at[pc]] }

// appendStr appends a str at the place.
func (p *place) appendStr(out []byte, s string) []byte {
	if p.plain || p.url && s != "" && s[0] == '/' {
		return value.EscapeString(out, s)
	}
	return p.escaper.Append(out, s)
}

// printPlace prints a value at a place that is not text. In a tracked frame it finds the place first; if that is what the plain
// version of the function assumes, the frame goes on with that.
func (vm *vm) printPlace(f *frame, pc int, v Value, mode uint8) error {
	var e escape.Escaper
	if mode < escTracked {
		e = f.fn.placeAt(pc).escaper
	} else {
		now := vm.here()
		e, _ = now.Output()
		if fn := f.fn.of; !fn.ragged && *fn.placeAt(pc).context == now {
			f.fn, f.tracked = fn, false
		}
	}
	var err error
	switch {
	case !f.escapes(mode):
		vm.out, err = value.AppendStr(&vm.meter, vm.out, v)
	case e == escape.Escaper{}:
		vm.out, err = value.AppendEscaped(&vm.meter, vm.out, v)
	default:
		vm.out, err = vm.appendPlace(vm.out, e, v)
	}
	return err
}

// appendPlace appends a value escaped by e.
func (vm *vm) appendPlace(out []byte, e escape.Escaper, v Value) ([]byte, error) {
	switch v.Kind() {
	case value.KindStr:
		return e.Append(out, v.AsString()), nil
	case value.KindMarkup:
		switch trust := v.Trust(); {
		case trust == value.TrustAuthor, trust == value.TrustJSON && e.RawJSON():
			return append(out, v.AsString()...), nil
		case trust == value.TrustJSON && e.JSON():
			return e.AppendJSON(out, v.AsString()), nil
		}
		return e.AppendMarkup(out, v.AsString()), nil
	}
	if html, ok := value.HTML(v); ok {
		return e.AppendMarkup(out, html), nil
	}
	var err error
	if e.JSON() && !v.IsUndefined() {
		if vm.scratch, err = value.AppendJSON(&vm.meter, vm.scratch[:0], v, value.JSONStyle{}); err != nil {
			return out, err
		}
		return e.AppendJSON(out, unsafe.String(unsafe.SliceData(vm.scratch), len(vm.scratch))), nil
	}
	if vm.scratch, err = value.AppendStr(&vm.meter, vm.scratch[:0], v); err != nil {
		return out, err
	}
	return e.Append(out, unsafe.String(unsafe.SliceData(vm.scratch), len(vm.scratch))), nil
}
