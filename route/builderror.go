package route

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A BuildError says that no rule of an endpoint fits the values.
type BuildError struct {
	Endpoint string
	Method   string // that was asked for, if any
	Values   Values
	Err      error // of the last converter that refused a value, if any

	m *Map
}

// Unwrap returns the refusal of a converter.
func (e *BuildError) Unwrap() error { return e.Err }

// Error names what was asked for and suggests what may have been meant, in the
// words that Flask's users know.
func (e *BuildError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Could not build url for endpoint %s", pythonRepr(e.Endpoint))
	if e.Method != "" {
		fmt.Fprintf(&b, " (%s)", pythonRepr(e.Method))
	}
	if names := e.names(); len(names) > 0 {
		fmt.Fprintf(&b, " with values %s", pythonList(names))
	}
	b.WriteByte('.')
	near := e.nearest()
	switch {
	case near == nil:
	case near.rule.Endpoint != e.Endpoint:
		fmt.Fprintf(&b, " Did you mean %s instead?", pythonRepr(near.rule.Endpoint))
	default:
		if e.Method != "" && near.methods&e.m.method(e.Method) == 0 {
			fmt.Fprintf(&b, " Did you mean to use methods %s?", pythonList(near.rule.Methods))
		}
		missing := slices.DeleteFunc(near.rule.Arguments(), func(name string) bool { return slices.Contains(e.names(), name) })
		if len(missing) > 0 {
			fmt.Fprintf(&b, " Did you forget to specify values %s?", pythonList(missing))
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	return b.String()
}

// names returns the names that have values, sorted.
func (e *BuildError) names() []string {
	var names []string
	for _, v := range e.Values {
		if v.Value != nil {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest returns the rule that looks most like what was asked for.
func (e *BuildError) nearest() *compiled {
	if e.m == nil {
		return nil
	}
	var best *compiled
	bestScore := -1.0
	names := e.names()
	for _, endpoint := range e.m.order {
		likeness := 0.98 * similarity([]rune(endpoint), []rune(e.Endpoint))
		for _, c := range e.m.endpoints[endpoint] {
			score := likeness
			if !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(c.names, name) }) {
				score += 0.01
			}
			if c.rule.Methods != nil && e.Method != "" && c.methods&e.m.method(e.Method) != 0 {
				score += 0.01
			}
			if score > bestScore {
				best, bestScore = c, score
			}
		}
	}
	return best
}

// similarity is Ratcliff and Obershelp's: twice the length of the longest
// common piece and, recursively, of those left and right of it, over the
// length of both.
func similarity(a, b []rune) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * float64(common(a, b)) / float64(len(a)+len(b))
}

func common(a, b []rune) int {
	length, inA, inB := 0, 0, 0
	row := make([]int, len(b)+1) // length of the common piece that ends here
	for i := range a {
		previous := 0
		for j := range b {
			diagonal := previous
			previous = row[j+1]
			row[j+1] = 0
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			}
			if row[j+1] > length {
				length, inA, inB = row[j+1], i-row[j+1]+1, j-row[j+1]+1
			}
		}
	}
	if length == 0 {
		return 0
	}
	return length + common(a[:inA], b[:inB]) + common(a[inA+length:], b[inB+length:])
}

func pythonList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = pythonRepr(name)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// pythonRepr quotes s as Python's repr does.
func pythonRepr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b := []byte{quote}
	for _, r := range s {
		switch {
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\\' || r == rune(quote):
			b = append(b, '\\', byte(r))
		case r == ' ' || unicode.IsPrint(r):
			b = append(b, string(r)...)
		case r < 0x100:
			b = fmt.Appendf(b, `\x%02x`, r)
		case r < 0x10000:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = fmt.Appendf(b, `\U%08x`, r)
		}
	}
	return string(append(b, quote))
}
