package route

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind tells built-in converters apart. Their texts are recognised by code,
// not by regular expressions.
type kind uint8

const (
	kindString kind = iota
	kindInt
	kindFloat
	kindPath
	kindAny
	kindUUID
	kindCustom
)

// A converter is a [Converter] with its arguments applied.
type converter struct {
	kind    kind
	weight  int
	slashes bool // may match across slashes

	// source is the regular expression that Werkzeug would use. Two rules
	// whose parts have the same one share a transition, which decides what
	// is tried first, so it is kept although built-in kinds never run it.
	source string

	minRunes, maxRunes int      // string
	items              []string // any, in order
	signed             bool     // int and float
	fixedDigits        int      // int, 0 for any number of them
	intMin, intMax     *int64
	floatMin, floatMax *float64

	custom *Converter
	re     *regexp.Regexp // of custom: the whole text
}

// anySegment is what the string converter without arguments matches.
const anySegment = `[^/]{1,}`

const uuidSource = `[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`

// builtin returns the named built-in converter, nil if there is none.
func builtin(name string, args Args) (*converter, error) {
	args.Named = maps.Clone(args.Named)
	switch name {
	case "default", "string":
		return newString(args)
	case "int":
		return newInt(args)
	case "float":
		return newFloat(args)
	case "any":
		return newAny(args)
	case "path":
		return &converter{kind: kindPath, weight: 200, slashes: true, source: `[^/].*?`}, noMore(args, 0, "none")
	case "uuid":
		return &converter{kind: kindUUID, weight: 100, source: uuidSource}, noMore(args, 0, "none")
	}
	return nil, nil
}

func newString(args Args) (*converter, error) {
	c := &converter{kind: kindString, weight: 100, minRunes: 1, maxRunes: math.MaxInt}
	low, hasLow, err1 := takeCount(&args, "minlength", 0)
	high, hasHigh, err2 := takeCount(&args, "maxlength", 1)
	exact, hasExact, err3 := takeCount(&args, "length", 2)
	if err := cmp.Or(err1, err2, err3, noMore(args, 3, "minlength, maxlength and length")); err != nil {
		return nil, err
	}
	if hasLow {
		c.minRunes = low
	}
	upper := ""
	if hasHigh {
		c.maxRunes = high
		upper = strconv.Itoa(high)
	}
	c.source = fmt.Sprintf("[^/]{%d,%s}", c.minRunes, upper)
	if hasExact {
		c.minRunes, c.maxRunes = exact, exact
		c.source = fmt.Sprintf("[^/]{%d}", exact)
	}
	if c.minRunes > c.maxRunes {
		return nil, fmt.Errorf("minlength %d is above maxlength %d; swap them", c.minRunes, c.maxRunes)
	}
	return c, nil
}

func newInt(args Args) (*converter, error) {
	c := &converter{kind: kindInt, weight: 50, source: `\d+`}
	digits, _, err1 := takeCount(&args, "fixed_digits", 0)
	low, err2 := takeNumber(&args, "min", 1)
	high, err3 := takeNumber(&args, "max", 2)
	err4 := c.takeSigned(&args, 3)
	if err := cmp.Or(err1, err2, err3, err4, noMore(args, 4, "fixed_digits, min, max and signed")); err != nil {
		return nil, err
	}
	c.fixedDigits = digits
	c.intMin, err1 = wholeBound(low, math.Ceil)
	c.intMax, err2 = wholeBound(high, math.Floor)
	return c, cmp.Or(err1, err2)
}

func newFloat(args Args) (*converter, error) {
	c := &converter{kind: kindFloat, weight: 50, source: `\d+\.\d+`}
	low, err1 := takeNumber(&args, "min", 0)
	high, err2 := takeNumber(&args, "max", 1)
	err3 := c.takeSigned(&args, 2)
	if err := cmp.Or(err1, err2, err3, noMore(args, 3, "min, max and signed")); err != nil {
		return nil, err
	}
	c.floatMin, c.floatMax = floatBound(low), floatBound(high)
	return c, nil
}

func newAny(args Args) (*converter, error) {
	c := &converter{kind: kindAny, weight: 100}
	if len(args.Named) > 0 || len(args.Positional) == 0 {
		return nil, errors.New(`any takes a list of items; write any(one, two, "three four")`)
	}
	var source []string
	for _, v := range args.Positional {
		item, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("item %v of any is not text; put it in quotes", v)
		}
		c.items = append(c.items, item)
		source = append(source, regexp.QuoteMeta(item))
	}
	c.source = "(?:" + strings.Join(source, "|") + ")"
	return c, nil
}

// newCustom applies args to a registered converter.
func newCustom(c Converter, args Args) (*converter, error) {
	if c.WithArgs != nil {
		var err error
		if c, err = c.WithArgs(args); err != nil {
			return nil, err
		}
	} else if err := noMore(args, 0, "none"); err != nil {
		return nil, err
	}
	source := c.Regexp
	if source == "" {
		source = `[^/]+`
	}
	re, err := regexp.Compile(`\A(?:` + source + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("its regular expression: %w", err)
	}
	weight := c.Weight
	if weight == 0 {
		weight = 100
	}
	return &converter{kind: kindCustom, weight: weight, slashes: c.Slashes, source: source, custom: &c, re: re}, nil
}

func (c *converter) takeSigned(args *Args, position int) error {
	v, given, err := args.take("signed", position)
	if err != nil || !given {
		return err
	}
	signed, ok := v.(bool)
	if !ok {
		return fmt.Errorf("signed is %v; write True or False", v)
	}
	c.signed = signed
	if signed {
		c.source = "-?" + c.source
	}
	return nil
}

func takeCount(args *Args, name string, position int) (n int, given bool, err error) {
	v, given, err := args.take(name, position)
	if err != nil || !given || v == nil {
		return 0, false, err
	}
	count, ok := v.(int64)
	if !ok || count > math.MaxInt32 {
		return 0, false, fmt.Errorf("%s is %v; write a whole number", name, v)
	}
	return int(count), true, nil
}

func takeNumber(args *Args, name string, position int) (any, error) {
	v, _, err := args.take(name, position)
	switch v.(type) {
	case nil, int64, float64:
		return v, err
	}
	return nil, fmt.Errorf("%s is %v; write a number", name, v)
}

// noMore refuses arguments that nobody took.
func noMore(args Args, positions int, known string) error {
	if len(args.Positional) > positions {
		return fmt.Errorf("%d arguments without a name are too many; known ones: %s", len(args.Positional), known)
	}
	for _, name := range slices.Sorted(maps.Keys(args.Named)) {
		return fmt.Errorf("argument %s is unknown; known ones: %s", name, known)
	}
	return nil
}

// wholeBound turns a bound into the integer that bounds integers alike.
func wholeBound(v any, round func(float64) float64) (*int64, error) {
	switch v := v.(type) {
	case int64:
		return &v, nil
	case float64:
		f := round(v)
		if math.Abs(f) < 1<<63 {
			n := int64(f)
			return &n, nil
		}
		return nil, fmt.Errorf("bound %v does not fit in 64 bits; choose a smaller one", v)
	}
	return nil, nil
}

func floatBound(v any) *float64 {
	switch v := v.(type) {
	case int64:
		f := float64(v)
		return &f
	case float64:
		return &v
	}
	return nil
}

// goSource is source in the syntax of package regexp, whose \d is ASCII only.
func (c *converter) goSource() string {
	if c.kind == kindInt || c.kind == kindFloat {
		return strings.ReplaceAll(c.source, `\d`, `\p{Nd}`)
	}
	return c.source
}

// accepts reports whether the converter's expression matches all of s. What
// the value is, and whether it is in range, is looked at only after the rule
// has been chosen.
func (c *converter) accepts(s string) bool {
	switch c.kind {
	case kindString:
		return c.acceptsLength(s)
	case kindInt:
		return isDigits(c.unsigned(s))
	case kindFloat:
		return isFloat(c.unsigned(s))
	case kindPath:
		return isPath(s)
	case kindAny:
		return slices.Contains(c.items, s)
	case kindUUID:
		return isUUID(s)
	}
	return c.re.MatchString(s)
}

func (c *converter) acceptsLength(s string) bool {
	if c.minRunes <= 1 && c.maxRunes == math.MaxInt {
		return len(s) >= c.minRunes
	}
	n := utf8.RuneCountInString(s)
	return c.minRunes <= n && n <= c.maxRunes
}

func (c *converter) unsigned(s string) string {
	if c.signed {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// isPath reports whether s is what [^/].*? matches: the dot takes no newline.
func isPath(s string) bool {
	return s != "" && s[0] != '/' && strings.IndexByte(s[1:], '\n') < 0
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if unhex(s[i]) > 15 {
				return false
			}
		}
	}
	return true
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}
