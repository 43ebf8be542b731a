package jinja

import (
	"math/rand/v2"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// builtinGlobals returns the names every template knows.
func builtinGlobals(_ *Environment) map[string]Value {
	return map[string]Value{
		"range":     class("range", globalRange),
		"dict":      class("dict", globalDict),
		"lipsum":    value.FromFunc("generate_lorem_ipsum", globalLipsum),
		"cycler":    class("jinja2.utils.Cycler", globalCycler),
		"joiner":    class("jinja2.utils.Joiner", globalJoiner),
		"namespace": class("jinja2.utils.Namespace", globalNamespace),
	}
}

// class is a function that is a class in Python.
func class(name string, fn func(c *Call) (Value, error)) Value {
	return value.FromFuncOf(&value.Func{Name: name, Class: name, Plain: fn, Own: true})
}

// noArguments words a call with arguments where there are none to give but self.
func noArguments(fn string, c *Call) error {
	if len(c.Kwargs) > 0 {
		return typeError("%s() got an unexpected keyword argument %s", fn, pyRepr(c.Kwargs[0].Name))
	}
	if n := len(c.Args); n > 0 {
		return typeError("%s() takes 1 positional argument but %d were given", fn, n+1)
	}
	return nil
}

// maxRange is how long a range may be in a sandbox.
const maxRange = 100_000

func globalRange(c *Call) (Value, error) {
	if len(c.Kwargs) > 0 {
		return Value{}, typeError("range() takes no keyword arguments")
	}
	n := len(c.Args)
	switch {
	case n == 0:
		return Value{}, typeError("range expected at least 1 argument, got 0")
	case n > 3:
		return Value{}, typeError("range expected at most 3 arguments, got %d", n)
	}
	var bounds [3]int64
	for i, v := range c.Args {
		k, ok := value.Index(v)
		if !ok {
			return Value{}, typeError("'%s' object cannot be interpreted as an integer", value.TypeName(v))
		}
		if v.Kind() == value.KindBigInt {
			return Value{}, value.Errorf("OverflowError", "Python int too large to convert to C ssize_t")
		}
		bounds[i] = k
	}
	r := value.RangeOf{Stop: bounds[0], Step: 1}
	if n > 1 {
		r.Start, r.Stop = bounds[0], bounds[1]
	}
	if n == 3 {
		if r.Step = bounds[2]; r.Step == 0 {
			return Value{}, value.Errorf("ValueError", "range() arg 3 must not be zero")
		}
	}
	if size := r.Len(); c.Meter.Sandbox != SandboxOff && (size > maxRange || size < 0) {
		return Value{}, value.Errorf("OverflowError",
			"Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", maxRange)
	}
	return value.MakeRange(c.Meter, r), nil
}

func globalDict(c *Call) (Value, error) {
	if n := len(c.Args); n > 1 {
		return Value{}, typeError("dict expected at most 1 argument, got %d", n)
	}
	d := value.MakeDict(c.Meter, len(c.Kwargs))
	return value.FromDict(d), value.Update(c, d)
}

func globalNamespace(c *Call) (Value, error) {
	v, err := globalDict(c)
	if err != nil {
		return Value{}, err
	}
	var ns *namespace
	if s := StateOf(c); s != nil && s.vm != nil {
		ns = s.vm.namespaces.get()
	} else {
		ns = new(namespace)
	}
	ns.attrs = v.AsDict()
	return value.FromObject(ns), nil
}

// cycler is what cycler(…) makes: it yields its items in turn.
type cycler struct {
	items []Value
	pos   int
}

func globalCycler(c *Call) (Value, error) {
	if len(c.Kwargs) > 0 {
		return Value{}, typeError("Cycler.__init__() got an unexpected keyword argument %s", pyRepr(c.Kwargs[0].Name))
	}
	if len(c.Args) == 0 {
		return Value{}, value.Errorf("RuntimeError", "at least one item has to be provided")
	}
	return value.FromObject(&cycler{items: append([]Value(nil), c.Args...)}), nil
}

func (c *cycler) PythonType() string { return "jinja2.utils.Cycler" }

func (c *cycler) Attr(name string) (Value, bool) {
	switch name {
	case "current":
		return c.items[c.pos], true
	case "pos":
		return value.Int(int64(c.pos)), true
	case "items":
		return value.Tuple(c.items), true
	case "next":
		return value.FromFunc("next", func(call *Call) (Value, error) {
			if err := noArguments("Cycler.next", call); err != nil {
				return Value{}, err
			}
			v := c.items[c.pos]
			c.pos = (c.pos + 1) % len(c.items)
			return v, nil
		}), true
	case "reset":
		return value.FromFunc("reset", func(call *Call) (Value, error) {
			if err := noArguments("Cycler.reset", call); err != nil {
				return Value{}, err
			}
			c.pos = 0
			return value.None(), nil
		}), true
	}
	return Value{}, false
}

// joiner is what joiner(…) makes: a function that returns nothing the first time and its separator afterwards.
type joiner struct {
	sep  Value
	used bool
}

var joinerSig = signature{fn: "Joiner.__init__", params: []string{"sep"}, hidden: 1}

func globalJoiner(c *Call) (Value, error) {
	var a [1]Value
	if err := joinerSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	if a[0].IsMissing() {
		a[0] = value.Str(", ")
	}
	return value.FromObject(&joiner{sep: a[0]}), nil
}

func (j *joiner) PythonType() string { return "jinja2.utils.Joiner" }

func (j *joiner) Call(c *Call) (Value, error) {
	if err := noArguments("Joiner.__call__", c); err != nil {
		return Value{}, err
	}
	if !j.used {
		j.used = true
		return value.Str(""), nil
	}
	return j.sep, nil
}

func (j *joiner) Attr(name string) (Value, bool) {
	switch name {
	case "sep":
		return j.sep, true
	case "used":
		return value.Bool(j.used), true
	}
	return Value{}, false
}

var lipsumSig = signature{fn: "generate_lorem_ipsum", params: []string{"n", "html", "min", "max"}}

// globalLipsum returns paragraphs of made-up Latin, to try a layout with.
func globalLipsum(c *Call) (Value, error) {
	var a [4]Value
	if err := lipsumSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	var n [3]int
	for i, at := range [...]int{0, 2, 3} {
		var err error
		if err := value.UndefinedError(a[at]); err != nil && i > 0 && !a[at].IsMissing() {
			return Value{}, err
		}
		if n[i], err = intOr(a[at], [...]int{5, 20, 100}[i]); err != nil {
			return Value{}, err
		}
	}
	if n[1] >= n[2] && n[0] > 0 {
		return Value{}, value.Errorf("ValueError", "empty range for randrange() (%d, %d, %d)", n[1], n[2], n[2]-n[1])
	}
	html := true
	if !a[1].IsMissing() {
		var err error
		if html, err = value.Truth(a[1]); err != nil {
			return Value{}, err
		}
	}
	var b []byte
	for i := range n[0] {
		words := n[1] + rand.IntN(n[2]-n[1])
		if err := c.Meter.Build(len(b) + 16*max(words, 0)); err != nil {
			return Value{}, err
		}
		b = appendParagraph(b, words, html, i > 0)
	}
	if html {
		return value.Markup(string(b)), nil
	}
	return value.Str(string(b)), nil
}

func appendParagraph(b []byte, words int, html, more bool) []byte {
	switch {
	case html && more:
		b = append(b, "\n<p>"...)
	case html:
		b = append(b, "<p>"...)
	case more:
		b = append(b, "\n\n"...)
	}
	start := len(b)
	last, comma, stop, capital := "", 0, 0, true
	for i := range words {
		word := lipsumWords[rand.IntN(len(lipsumWords))]
		for word == last {
			word = lipsumWords[rand.IntN(len(lipsumWords))]
		}
		last = word
		if i > 0 {
			b = append(b, ' ')
		}
		if capital {
			b = append(b, word[0]-'a'+'A')
			word, capital = word[1:], false
		}
		b = append(b, word...)
		if i-(3+rand.IntN(5)) > comma {
			comma = i
			stop += 2
			b = append(b, ',')
		}
		if i-(10+rand.IntN(10)) > stop {
			comma, stop, capital = i, i, true
			b = append(b, '.')
		}
	}
	if n := len(b); n > start && b[n-1] == ',' {
		b = b[:n-1]
	}
	if n := len(b); n == start || b[n-1] != '.' {
		b = append(b, '.')
	}
	if html {
		b = append(b, "</p>"...)
	}
	return b
}

var lipsumWords = strings.Fields(`lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut
	labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo
	consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat
	cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum`)
