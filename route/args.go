package route

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Args are the arguments of a converter in a rule. Each is nil (None), a bool
// (True, False), an int64, a float64 or a string.
type Args struct {
	Positional []any
	Named      map[string]any
}

// parseArgs reads the text between the parentheses of a converter.
func parseArgs(s string) (Args, error) {
	var args Args
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return args, nil
		}
		name, rest := argName(s)
		value, rest, err := argValue(rest)
		if err != nil {
			return args, err
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest != "" && rest[0] != ',' {
			return args, fmt.Errorf("argument %q goes on after its value; separate arguments by commas", upToComma(s))
		}
		if name == "" {
			args.Positional = append(args.Positional, value)
		} else {
			if _, twice := args.Named[name]; twice {
				return args, fmt.Errorf("argument %s is given twice; remove one", name)
			}
			if args.Named == nil {
				args.Named = map[string]any{}
			}
			args.Named[name] = value
		}
		s = strings.TrimPrefix(rest, ",")
	}
}

// argName splits "name = value" after the equals sign.
func argName(s string) (name, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) })
	if end <= 0 {
		return "", s
	}
	rest = strings.TrimLeftFunc(s[end:], unicode.IsSpace)
	if !strings.HasPrefix(rest, "=") {
		return "", s
	}
	return s[:end], strings.TrimLeftFunc(rest[1:], unicode.IsSpace)
}

func argValue(s string) (value any, rest string, err error) {
	quoted := s
	if s != "" && strings.IndexByte("urUR", s[0]) >= 0 {
		quoted = s[1:]
	}
	if quoted != "" && (quoted[0] == '"' || quoted[0] == '\'') {
		end := strings.IndexByte(quoted[1:], quoted[0])
		if end < 0 {
			return nil, "", fmt.Errorf("argument %q lacks its closing quote", s)
		}
		return quoted[1 : 1+end], quoted[end+2:], nil
	}
	bare := strings.TrimRightFunc(upToComma(s), unicode.IsSpace)
	if !isBare(bare) {
		return nil, "", fmt.Errorf("argument %q is not understood; write a number without a sign, True, False, None, a word, or text in quotes", bare)
	}
	value, err = pythonValue(bare)
	return value, s[len(bare):], err
}

func upToComma(s string) string {
	before, _, _ := strings.Cut(s, ",")
	return before
}

// isBare reports whether s can do without quotes: words and dotted words, or
// digits with one other character after or between them.
func isBare(s string) bool {
	if s == "" {
		return false
	}
	if strings.IndexFunc(s, func(r rune) bool { return !isWord(r) && r != '.' }) < 0 {
		return true
	}
	tail := strings.TrimLeftFunc(s, unicode.IsDigit)
	_, size := utf8.DecodeRuneInString(tail)
	return len(tail) < len(s) && strings.TrimLeftFunc(tail[size:], unicode.IsDigit) == ""
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// pythonValue gives unquoted text the meaning it has in a Flask rule.
func pythonValue(s string) (any, error) {
	switch s {
	case "None":
		return nil, nil
	case "True":
		return true, nil
	case "False":
		return false, nil
	}
	plain, ok := plainDigits(s)
	if !ok {
		return s, nil
	}
	if isDigits(plain) {
		n, err := strconv.ParseInt(plain, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("argument %s does not fit in 64 bits; choose a smaller one", s)
		}
		return n, nil
	}
	if strings.ContainsAny(plain, "xX") { // Python knows no hexadecimal floats
		return s, nil
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil && !math.IsInf(f, 0) {
		return s, nil // not a number, so a word
	}
	return f, nil
}

// plainDigits returns s with decimal digits of any script turned into ASCII
// and the underscores between digits removed. It reports false where Python
// would not take an underscore.
func plainDigits(s string) (string, bool) {
	var b strings.Builder
	digit := false // the previous rune
	for i, r := range s {
		switch {
		case r == '_':
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if !digit || !unicode.IsDigit(next) {
				return "", false
			}
			digit = false
			continue
		case unicode.IsDigit(r):
			b.WriteByte('0' + byte(digitValue(r)))
			digit = true
		default:
			b.WriteRune(r)
			digit = false
		}
	}
	return b.String(), true
}

// take removes and returns the argument with this name or position.
func (a *Args) take(name string, position int) (value any, given bool, err error) {
	value, given = a.Named[name]
	if position >= len(a.Positional) {
		delete(a.Named, name)
		return value, given, nil
	}
	if given {
		return nil, false, fmt.Errorf("argument %s is given by name and by place; remove one", name)
	}
	return a.Positional[position], true, nil
}
