package value

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// codec is a text encoding that str.encode and bytes.decode know.
type codec struct {
	name string
	max  rune // the last character it has
}

func findCodec(name string) (codec, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name)) {
	case "utf8", "u8", "cp65001":
		return codec{"utf-8", utf8.MaxRune}, nil
	case "ascii", "usascii", "646":
		return codec{"ascii", 0x7f}, nil
	case "latin1", "iso88591", "latin", "l1", "cp819", "8859":
		return codec{"latin-1", 0xff}, nil
	}
	return codec{}, Errorf("LookupError", "unknown encoding: %s", name)
}

// codecArgs reads the encoding and errors arguments of encode and decode.
func codecArgs(c *Call, method string) (cod codec, handler string, err error) {
	name := "utf-8"
	handler = "strict"
	for i, to := range []*string{&name, &handler} {
		v := plain(c.arg(i))
		if v.IsMissing() {
			continue
		}
		if !v.IsString() {
			return codec{}, "", typeErrorf("%s() argument '%s' must be str, not %s", method, []string{"encoding", "errors"}[i], TypeName(v))
		}
		*to = v.AsString()
	}
	cod, err = findCodec(name)
	return cod, handler, err
}

func strEncode(c *Call, self Value) (Value, error) {
	cod, handler, err := codecArgs(c, "encode")
	if err != nil {
		return Value{}, err
	}
	s := self.AsString()
	if err := c.Meter.Build(len(s)); err != nil {
		return Value{}, err
	}
	if cod.name == "utf-8" || isASCII(s) {
		return Bytes([]byte(s)), nil
	}
	var b []byte
	at := 0
	for i, r := range s {
		if r <= cod.max {
			b = append(b, byte(r))
		} else if b, err = encodeError(b, cod, handler, s[i:], at); err != nil {
			return Value{}, err
		}
		at++
	}
	return Bytes(b), c.Meter.Build(len(b))
}

// encodeError appends what stands for the first character of rest, which the codec does not have.
func encodeError(b []byte, cod codec, handler, rest string, at int) ([]byte, error) {
	r, _ := utf8.DecodeRuneInString(rest)
	esc := string(appendRuneEscape(nil, r))
	switch handler {
	case "ignore":
		return b, nil
	case "replace":
		return append(b, '?'), nil
	case "xmlcharrefreplace":
		return fmt.Appendf(b, "&#%d;", r), nil
	case "backslashreplace":
		return append(b, esc...), nil
	case "strict":
		what := fmt.Sprintf("character '%s' in position %d", esc, at)
		known := strings.IndexFunc(rest, func(r rune) bool { return r <= cod.max })
		if known < 0 {
			known = len(rest)
		}
		if n := utf8.RuneCountInString(rest[:known]); n > 1 {
			what = fmt.Sprintf("characters in position %d-%d", at, at+n-1)
		}
		return b, Errorf("UnicodeEncodeError", "'%s' codec can't encode %s: ordinal not in range(%d)", cod.name, what, cod.max+1)
	}
	return b, Errorf("LookupError", "unknown error handler name '%s'", handler)
}

func appendRuneEscape(dst []byte, r rune) []byte {
	switch {
	case r <= 0xff:
		return fmt.Appendf(dst, `\x%02x`, r)
	case r <= 0xffff:
		return fmt.Appendf(dst, `\u%04x`, r)
	}
	return fmt.Appendf(dst, `\U%08x`, r)
}

func bytesDecode(c *Call, self Value) (Value, error) {
	cod, handler, err := codecArgs(c, "decode")
	if err != nil {
		return Value{}, err
	}
	s := self.AsString()
	if err := c.Meter.Build(2 * len(s)); err != nil {
		return Value{}, err
	}
	if isASCII(s) || cod.name == "utf-8" && utf8.ValidString(s) {
		return Str(s), nil
	}
	var b []byte
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if cod.name == "utf-8" {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if r <= cod.max && (r != utf8.RuneError || n > 1) {
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		switch handler {
		case "ignore":
		case "replace":
			b = append(b, "\ufffd"...)
		case "backslashreplace":
			b = fmt.Appendf(b, `\x%02x`, s[i])
		case "strict":
			why := "invalid start byte"
			if cod.name == "ascii" {
				why = "ordinal not in range(128)"
			} else if s[i] >= 0xc2 && s[i] <= 0xf4 {
				why = "invalid continuation byte"
				if i+1 == len(s) {
					why = "unexpected end of data"
				}
			}
			return Value{}, Errorf("UnicodeDecodeError", "'%s' codec can't decode byte %#02x in position %d: %s", cod.name, s[i], i, why)
		default:
			return Value{}, Errorf("LookupError", "unknown error handler name '%s'", handler)
		}
		i++
	}
	return Str(string(b)), nil
}
