package value_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes random Python expressions that mostly make sense.
type generator struct{ *rand.Rand }

func (g *generator) pick(options ...string) string { return options[g.IntN(len(options))] }

func (g *generator) any(depth int) string {
	switch g.IntN(14) {
	case 0, 1:
		return g.int(depth)
	case 2, 3:
		return g.float(depth)
	case 4, 5, 6:
		return g.str(depth)
	case 7, 8:
		return g.list(depth)
	case 9:
		return g.dict(depth)
	case 10:
		return g.comparison(depth)
	case 11:
		return g.format(depth)
	case 12:
		return g.markup(depth)
	}
	if depth <= 0 {
		return g.pick("None", "True", "False", "b'a\\xffz'", "set()", "range(5)", "range(10, 0, -3)", "()", "float('nan')")
	}
	// Now and then something that need not make sense.
	return fmt.Sprintf("(%s) %s (%s)", g.any(depth-1), g.pick("+", "-", "*", "/", "//", "%", "==", "<", ">=", "in"), g.any(depth-1))
}

func (g *generator) int(depth int) string {
	if depth <= 0 || g.IntN(3) == 0 {
		return g.pick("0", "1", "-1", "2", "7", "-13", "100", "255", "True", "1_000", "9223372036854775807",
			"-9223372036854775808", "18446744073709551616", "123456789012345678901234567890", "3", "10")
	}
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("(%s ** %d)", g.int(depth-1), g.IntN(9))
	case 1:
		return fmt.Sprintf("len(%s)", g.str(depth-1))
	case 2:
		return fmt.Sprintf("%s.%s(%s)", g.paren(g.str(depth-1)), g.pick("find", "rfind", "count", "index", "rindex"), g.str(0))
	case 3:
		return fmt.Sprintf("(%s)", "-"+g.int(depth-1))
	case 4:
		return fmt.Sprintf("%s.bit_length()", g.paren(g.int(depth-1)))
	case 5:
		return fmt.Sprintf("abs(%s)", g.int(depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", g.int(depth-1), g.pick("+", "-", "*", "//", "%"), g.int(depth-1))
}

func (g *generator) paren(s string) string { return "(" + s + ")" }

func (g *generator) float(depth int) string {
	if depth <= 0 || g.IntN(3) == 0 {
		return g.pick("0.0", "1.0", "-2.5", "0.1", "1e16", "1e-5", "123456789.125", "float('inf')", "float('nan')",
			"1e22", "5e-324", "1.7976931348623157e308", "-0.0", "3.14159", "99999999999999999.0", "0.0001", "2.675")
	}
	switch g.IntN(4) {
	case 0:
		return fmt.Sprintf("(%s / %s)", g.int(depth-1), g.int(depth-1))
	case 1:
		return fmt.Sprintf("(%s %s %s)", g.float(depth-1), g.pick("+", "-", "*", "/", "//", "%"), g.int(depth-1))
	case 2:
		return fmt.Sprintf("(%s ** %s)", g.pick("2.5", "0.1", "1e5", "-3.0", "1.5", "7", "2"), g.pick("-4", "3", "0.5", "-2", "10", "0", "1e3", "-0.25"))
	}
	return fmt.Sprintf("(%s %s %s)", g.int(depth-1), g.pick("+", "-", "*", "/", "//", "%"), g.float(depth-1))
}

func (g *generator) str(depth int) string {
	if depth <= 0 || g.IntN(4) == 0 {
		return g.pick("''", "'a'", "'hello world'", "'Hello, World'", `'it\'s'`, `'a "b" \'c\''`, `'tab\tnl\n'`, `'\x00\x7f'`,
			"'h\u00e9llo'", "'\u0130stanbul'", "'stra\u00dfe'", "'\u039f\u0394\u039f\u03a3 x\u03a3'", "'\u65e5\u672c\u8a9e'", "'\U0001f600 smile'",
			"'<b>&amp;\"x\"</b>'", "'  padded \t'", "'aaa'", "'one two  three'", "'a,b,,c'", "'%s'", "'{}'", "'123'", "'\u00b2\u00bd\u0663'",
			`'l1\nl2\r\nl3\x85l4\u2028l5'`, `'\u00ad\u200b\ue000'`, "'-42'", "'\ufb01x'", "'aBc dEf'")
	}
	s := g.paren(g.str(depth - 1))
	switch g.IntN(16) {
	case 0, 1:
		return s + "." + g.pick("upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip") + "()"
	case 2:
		return fmt.Sprintf("%s.%s(%d)", s, g.pick("center", "ljust", "rjust", "zfill"), g.IntN(20)-2)
	case 3:
		return fmt.Sprintf("%s.%s(%d, %s)", s, g.pick("center", "ljust", "rjust"), g.IntN(20), g.pick("'*'", "'\u00e9'", "''", "'ab'"))
	case 4:
		return fmt.Sprintf("%s.replace(%s, %s%s)", s, g.str(0), g.str(0), g.pick("", ", 1", ", -1", ", 0"))
	case 5:
		return fmt.Sprintf("%s.join(%s)", s, g.pick(g.strings(depth-1), g.list(depth-1), g.str(depth-1)))
	case 6, 7:
		return s + g.slice()
	case 8:
		return fmt.Sprintf("(%s + %s)", s, g.str(depth-1))
	case 9:
		return fmt.Sprintf("(%s * %d)", s, g.IntN(5)-1)
	case 10:
		return fmt.Sprintf("str(%s)", g.any(depth-1))
	case 11:
		return fmt.Sprintf("repr(%s)", g.any(depth-1))
	case 12:
		return fmt.Sprintf("%s.%s(%s)", s, g.pick("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"), g.str(0))
	case 13:
		return fmt.Sprintf("%s.expandtabs(%s)", s, g.pick("", "4", "0", "1", "-1"))
	case 14:
		return fmt.Sprintf("%s.%s()", s, g.pick("isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "istitle",
			"isnumeric", "isdecimal", "isidentifier", "isprintable", "isascii"))
	}
	return fmt.Sprintf("%s.%s(%s%s)", s, g.pick("startswith", "endswith", "find", "count", "rfind"), g.str(0),
		g.pick("", ", 1", ", 1, 4", ", -3", ", None, 2", ", 2, -1", ", 99"))
}

func (g *generator) slice() string {
	part := func() string { return g.pick("", "", "0", "1", "-1", "2", "5", "-4", "100", "-100") }
	s := "[" + part() + ":" + part()
	if g.IntN(2) == 0 {
		s += ":" + g.pick("1", "2", "-1", "-2", "3", "", "0")
	}
	return s + "]"
}

func (g *generator) strings(depth int) string {
	var items []string
	for range g.IntN(4) {
		items = append(items, g.str(depth))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (g *generator) items(depth int) string {
	var items []string
	for range g.IntN(4) {
		items = append(items, g.any(depth-1))
	}
	return strings.Join(items, ", ")
}

func (g *generator) list(depth int) string {
	if depth <= 0 {
		return g.pick("[]", "[1, 2, 3]", "['a', 'b']", "[3, 1, 2]", "(1, 'x')", "[1.0, True, None]", "(1,)")
	}
	switch g.IntN(12) {
	case 0:
		return "(" + g.any(depth-1) + ", " + g.items(depth) + ")"
	case 1:
		return g.paren(g.list(depth-1)) + g.slice()
	case 2:
		return fmt.Sprintf("(%s + %s)", g.list(depth-1), g.list(depth-1))
	case 3:
		return fmt.Sprintf("%s.%s(%s)", g.paren(g.str(depth-1)), g.pick("split", "rsplit"),
			g.pick("", "' '", "'a'", "None, 1", "' ', 1", "sep='l'", "maxsplit=2", "None, 0", "'ab', -1"))
	case 4:
		return fmt.Sprintf("%s.splitlines(%s)", g.paren(g.str(depth-1)), g.pick("", "True", "keepends=True", "0"))
	case 5:
		return fmt.Sprintf("%s.%s(%s)", g.paren(g.str(depth-1)), g.pick("partition", "rpartition"), g.str(0))
	case 6:
		return fmt.Sprintf("list(%s)", g.any(depth-1))
	case 7:
		return fmt.Sprintf("sorted(%s)", g.list(depth-1))
	case 8:
		return fmt.Sprintf("(%s * %d)", g.list(depth-1), g.IntN(4)-1)
	case 9:
		return fmt.Sprintf("list(range(%d, %d, %s))", g.IntN(20)-10, g.IntN(20)-10, g.pick("1", "2", "-1", "-3"))
	}
	return "[" + g.items(depth) + "]"
}

func (g *generator) dict(depth int) string {
	key := func() string {
		return g.pick("'a'", "'b'", "1", "1.0", "True", "None", "(1, 2)", "'x y'", "2", "0.5", "2**70", "Markup('a')")
	}
	var items []string
	for range g.IntN(5) {
		items = append(items, key()+": "+g.any(depth-1))
	}
	d := "{" + strings.Join(items, ", ") + "}"
	switch g.IntN(8) {
	case 0:
		return d + "." + g.pick("keys", "values", "items") + "()"
	case 1:
		return fmt.Sprintf("%s.get(%s%s)", d, key(), g.pick("", ", 5"))
	case 2:
		return fmt.Sprintf("%s[%s]", d, key())
	case 3:
		return fmt.Sprintf("(%s == %s)", d, g.dict(0))
	case 4:
		return fmt.Sprintf("list(%s)", d)
	}
	return d
}

func (g *generator) comparison(depth int) string {
	op := g.pick("==", "!=", "<", "<=", ">", ">=", "in", "not in")
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("(%s %s %s)", g.str(depth-1), op, g.str(depth-1))
	case 1:
		return fmt.Sprintf("(%s %s %s)", g.list(depth-1), op, g.list(depth-1))
	case 2:
		return fmt.Sprintf("((%s) %s (%s))", g.any(depth-1), g.pick("==", "!=", "in"), g.any(depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", g.pick(g.int(depth-1), g.float(depth-1)), op, g.pick(g.int(depth-1), g.float(depth-1)))
}

func (g *generator) number() string { return g.pick(g.int(1), g.float(1)) }

// format makes format specifications, percent formats and str.format calls.
func (g *generator) format(depth int) string {
	switch g.IntN(5) {
	case 0, 1:
		spec := g.pick("", "", "*<", "^", ">", "=", "0=", "\u00e9^") + g.pick("", "", "+", "-", " ") + g.pick("", "", "#") +
			g.pick("", "", "0") + g.pick("", "", "8", "12", "20") + g.pick("", "", ",", "_") + g.pick("", "", ".0", ".3", ".10") +
			g.pick("", "", "d", "e", "f", "g", "G", "E", "%", "n", "x", "X", "o", "b", "c", "s", "F", "q")
		return fmt.Sprintf("format(%s, '%s')", g.pick(g.number(), g.number(), g.str(0), "None", "True", "[1]"), spec)
	case 2, 3:
		f := "%" + g.pick("", "", "-", "+", " ", "0", "#", "-0", "+ ", "#0") + g.pick("", "", "5", "12") + g.pick("", "", ".0", ".2", ".10") +
			g.pick("d", "i", "u", "x", "X", "o", "e", "E", "f", "F", "g", "G", "s", "r", "a", "c", "%", "q")
		return fmt.Sprintf("('[%s]' %% %s)", f, g.pick(g.number(), g.number(), g.str(0), "(5,)", "('x', 1)", "{'a': 1}", "None", "[1, 2]", "()"))
	}
	arg := g.any(depth - 1)
	return fmt.Sprintf("'%s'.format(%s, %s, a=%s)", g.pick("{}", "{0}{1}", "{a}", "{!r:>12}", "{0!s:*^9}|{a!r}", "{{{}}}", "{a[0]}", "{0:{1}}",
		"{} {} {}", "{b}", "{", "}", "{0[k]}", "{:>{}}", "{a!a}", "{0.real}", "{!x}", "{0[}", "{a:}"), arg, g.int(0), g.any(depth-1))
}

func (g *generator) markup(depth int) string {
	m := fmt.Sprintf("Markup(%s)", g.str(0))
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("(%s + %s)", m, g.str(depth-1))
	case 1:
		return fmt.Sprintf("(%s + %s)", g.str(depth-1), m)
	case 2:
		return fmt.Sprintf("%s.join(%s)", m, g.list(depth-1))
	case 3:
		return fmt.Sprintf("(Markup('<%%s>') %% %s)", g.any(depth-1))
	case 4:
		return fmt.Sprintf("Markup('<{0}{a!r}>').format(%s, a=%s)", g.any(depth-1), g.any(depth-1))
	case 5:
		return fmt.Sprintf("%s.replace(%s, %s)", m, g.str(0), g.str(0))
	case 6:
		return m + "." + g.pick("striptags", "unescape", "upper", "title", "split", "splitlines", "strip", "capitalize") + "()"
	case 7:
		return fmt.Sprintf("%s.%s(12, %s)", m, g.pick("center", "ljust", "rjust"), g.pick("'*'", "'<'", "' '"))
	}
	return m + g.slice()
}
