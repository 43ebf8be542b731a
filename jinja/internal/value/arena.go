package value

import (
	"bytes"
	"unsafe"
)

// arena is the memory of one render: what a template computes lives in it and is gone when the page is done, so that the next
// render uses the memory again and a page that has been rendered a few times allocates nothing.
//
// What leaves the render must not lie in it. There are few doors: the arguments of functions, filters and methods that are not
// the engine's own, the keys that a program's types are asked for, lists and dicts of the data that a template changes, and
// the results of the calls a program makes through the engine. [Expose] stands at each of them. It copies strings; anything
// else that may refer to the arena makes it leaked, so that its memory is left to the garbage collector.
type arena struct {
	on        bool // else values come from the heap: constants are made so
	leaked    bool
	text      slab[byte]
	items     slab[Value]
	lists     slab[List]
	ranges    slab[RangeOf]
	dicts     slab[Dict]
	entries   slab[entry]
	undefs    slab[Undef]
	iters     slab[Generator]
	reversals slab[reversal]
}

// empty reports whether nothing has been handed out.
func (a *arena) empty() bool {
	return a.text.used|a.items.used|a.lists.used|a.ranges.used|a.dicts.used|a.entries.used|a.undefs.used|a.iters.used|a.reversals.used == 0
}

// keptBytes bounds what a slab keeps for the next render.
const keptBytes = 1 << 20

// slab hands out pieces of larger pieces of memory.
type slab[T any] struct {
	chunks [][]T
	at     int // the chunk in use
	used   int // of it
}

// take returns n items, which may hold what they held before if dirty things are allowed: see release.
func (s *slab[T]) take(n int) []T {
	if s.at < len(s.chunks) && n <= len(s.chunks[s.at])-s.used {
		from := s.used
		s.used += n
		return s.chunks[s.at][from:s.used:s.used]
	}
	return s.grow(n)
}

func (s *slab[T]) grow(n int) []T {
	if s.at < len(s.chunks) {
		s.at++
	}
	if s.at == len(s.chunks) || len(s.chunks[s.at]) < n {
		var x T
		size := max(n, 4096/int(unsafe.Sizeof(x)))
		if s.at > 0 {
			size = max(size, min(2*len(s.chunks[s.at-1]), keptBytes/4/int(unsafe.Sizeof(x))))
		}
		s.chunks = append(s.chunks[:s.at], make([]T, size))
	}
	s.used = n
	return s.chunks[s.at][:n:n]
}

// owns reports whether p points into what was handed out.
func (s *slab[T]) owns(p unsafe.Pointer) bool {
	for i := 0; i <= s.at && i < len(s.chunks); i++ {
		c := s.chunks[i]
		var x T
		if at := uintptr(p) - uintptr(unsafe.Pointer(unsafe.SliceData(c))); at < uintptr(len(c))*unsafe.Sizeof(x) {
			return true
		}
	}
	return false
}

// release takes everything back. What was handed out is cleared, so that it keeps nothing alive.
func (s *slab[T]) release() {
	if len(s.chunks) == 0 {
		return
	}
	var x T
	kept := 0
	for i := range s.chunks {
		if i < s.at {
			clear(s.chunks[i])
		} else if i == s.at {
			clear(s.chunks[i][:s.used])
		}
		if kept += len(s.chunks[i]) * int(unsafe.Sizeof(x)); kept > keptBytes {
			clear(s.chunks[i:])
			s.chunks = s.chunks[:i]
			break
		}
	}
	s.at, s.used = 0, 0
}

// Borrow makes values that are made with m live until [Return]. The meter must not be used by others meanwhile.
func Borrow(m *Meter) { m.arena.on = true }

// Return takes back the memory of all values made with m since [Borrow], unless they leaked.
func Return(m *Meter) {
	a := &m.arena
	if a.leaked {
		*a = arena{}
		return
	}
	if a.on = false; a.empty() {
		return
	}
	if poison {
		for _, c := range a.text.chunks {
			copy(c, bytes.Repeat([]byte{0xff}, len(c)))
		}
	}
	a.text.at, a.text.used = 0, 0
	if n := len(a.text.chunks); n > 1 {
		a.text.release()
	}
	a.items.release()
	a.lists.release()
	a.ranges.release()
	a.dicts.release()
	a.entries.release()
	a.undefs.release()
	a.iters.release()
	a.reversals.release()
}

// Leaked reports whether something of the render may have left it.
func Leaked(m *Meter) bool { return m.arena.leaked }

// Leak notes that values made with m may outlive the render.
func Leak(m *Meter) { m.arena.leaked = true }

// Expose returns v for code that may keep it longer than the render lasts.
func Expose(m *Meter, v Value) Value {
	a := &m.arena
	if !a.on || a.leaked {
		return v
	}
	switch v.Kind() {
	case KindMissing, KindNone, KindBool, KindInt, KindBigInt, KindFloat, KindGoStruct, KindGoSlice, KindGoMap, KindGoOther:
	case KindStr, KindMarkup, KindBytes:
		if a.text.owns(v.p) {
			v.p = unsafe.Pointer(unsafe.StringData(string(v.AsBytes())))
		}
	case KindUndefined:
		a.leaked = a.undefs.owns(v.p) || a.text.owns(v.AsUndef().Name.p)
	case KindObject:
		a.leaked = v.typ().own
	default:
		a.leaked = true
	}
	return v
}

// made reports whether a list or dict was made in this render.
func (a *arena) made(v Value) bool {
	switch v.Kind() {
	case KindList:
		return a.lists.owns(v.p)
	case KindDict:
		return a.dicts.owns(v.p)
	}
	return false
}

// Lives reports whether a dict was made in this render.
func Lives(m *Meter, d *Dict) bool { return !m.arena.on || m.arena.dicts.owns(unsafe.Pointer(d)) }

// Plain reports whether v is for everybody as it is: a scalar, or text while no text has been made in this render.
func (m *Meter) Plain(v *Value) bool {
	k := v.Kind()
	return k >= KindNone && k <= KindFloat || k == KindStr && m.arena.text.used == 0
}

// ExposeCall exposes the arguments of a call.
func ExposeCall(c *Call) {
	m := c.Meter
	for i := range c.Args {
		m.expose(&c.Args[i])
	}
	for i := range c.Kwargs {
		kw := &c.Kwargs[i]
		m.expose(&kw.Value)
		if m.arena.text.used > 0 {
			kw.Name = ExposeString(m, kw.Name)
		}
	}
}

// expose is [Expose], at once for what never lies in the arena.
func (m *Meter) expose(v *Value) {
	if k := v.Kind(); k == KindInt || k == KindStr && m.arena.text.used == 0 {
		return
	}
	*v = Expose(m, *v)
}

// ExposeString is [Expose] for a string that is no value.
func ExposeString(m *Meter, s string) string { return Expose(m, Str(s)).AsString() }

// Keep returns b as a string that lives as long as the render.
func Keep(m *Meter, b []byte) string {
	if m == nil || !m.arena.on {
		return string(b)
	}
	s := m.arena.text.take(len(b))
	copy(s, b)
	return unsafe.String(unsafe.SliceData(s), len(s))
}

// Buffer returns an empty buffer to build a text in, for [Made] to copy and take back.
func Buffer(m *Meter) []byte {
	b := m.buffer
	m.buffer = nil // who builds a text meanwhile gets another one
	return b[:0]
}

// maxBuffer is the largest buffer that is kept.
const maxBuffer = 64 << 10

// Made pays for the text b, which was built in a [Buffer], and returns it as a str.
func Made(m *Meter, b []byte) (Value, error) {
	if cap(b) > cap(m.buffer) && cap(b) <= maxBuffer {
		m.buffer = b
	}
	if err := m.Build(len(b)); err != nil {
		return Value{}, err
	}
	return Str(Keep(m, b)), nil
}

// madeLike is [Made] for a text of the same kind as v.
func madeLike(m *Meter, v Value, b []byte) (Value, error) {
	x, err := Made(m, b)
	x.setKind(v.Kind())
	return x, err
}

// MakeItems returns n missing values, to be filled in. The caller has paid for them.
func MakeItems(m *Meter, n int) []Value {
	if m == nil || !m.arena.on {
		return make([]Value, n)
	}
	return m.arena.items.take(n)
}

// Push appends v to items that were made so, in the memory of the render. The caller has paid for it.
func Push(m *Meter, items []Value, v Value) []Value {
	if len(items) == cap(items) {
		items = append(MakeItems(m, max(8, 2*cap(items)))[:0], items...)
	}
	return append(items, v)
}

// MakeList returns a list that takes over items.
func MakeList(m *Meter, items []Value) Value {
	if m == nil || !m.arena.on {
		return NewList(items)
	}
	l := &m.arena.lists.take(1)[0]
	l.Items = items
	return FromList(l)
}

// MakeRange is [FromRange].
func MakeRange(m *Meter, r RangeOf) Value {
	if m == nil || !m.arena.on {
		return FromRange(r)
	}
	p := &m.arena.ranges.take(1)[0]
	*p = r
	return Value{p: unsafe.Pointer(p), t: tag(KindRange)}
}

// MakeDict is [NewDict].
func MakeDict(m *Meter, n int) *Dict {
	if m == nil || !m.arena.on {
		return NewDict(n)
	}
	d := &m.arena.dicts.take(1)[0]
	d.entries = m.arena.entries.take(n)[:0]
	return d
}

// MakeGenerator returns a generator value over src; fn is the Python function that would have made it.
func MakeGenerator(m *Meter, fn string, src Iterator) Value {
	return FromIter(makeIter(m, "generator", fn, src))
}

func makeIter(m *Meter, name, fn string, src Iterator) *Generator {
	if m == nil || !m.arena.on {
		return &Generator{src: src, name: name, fn: fn}
	}
	g := &m.arena.iters.take(1)[0]
	g.src, g.name, g.fn = src, name, fn
	return g
}

func makeReversal(m *Meter, v Value, n int) *reversal {
	if m == nil || !m.arena.on {
		return &reversal{m, v, n}
	}
	r := &m.arena.reversals.take(1)[0]
	r.m, r.v, r.n = m, v, n
	return r
}

// undefinedKey describes what is not found under a key.
func (m *Meter) undefinedKey(key Value) *Undef {
	if !m.arena.on {
		return &Undef{Name: key}
	}
	u := &m.arena.undefs.take(1)[0]
	u.Name = key
	return u
}
