package retort

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// The session's payload is one JSON object whose values are decoded only when
// asked for, so reading a session means finding where its members begin and end.

var errPayload = errors.New("session payload is not a JSON object")

// eachMember calls f with every member of the JSON object in data. Only the outline is checked here; a value is checked when it is decoded.
func eachMember(data string, f func(key, raw string) error) error {
	if len(data) < 2 || data[0] != '{' || data[len(data)-1] != '}' {
		return errPayload
	}
	for i := 1; i < len(data)-1; {
		end := skipString(data, i)
		if end < 0 || end >= len(data) || data[end] != ':' {
			return errPayload
		}
		key, err := unquote(data[i:end])
		if err != nil {
			return err
		}
		start := end + 1
		if i = skipValue(data, start); i <= start || i >= len(data) {
			return errPayload
		}
		if err := f(key, data[start:i]); err != nil {
			return err
		}
		if data[i] == ',' {
			i++
		} else if i != len(data)-1 {
			return errPayload
		}
	}
	return nil
}

// skipString returns the offset behind the string that starts at i, or -1.
func skipString(data string, i int) int {
	if i >= len(data) || data[i] != '"' {
		return -1
	}
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// skipValue returns the offset of the comma or bracket that ends the value that
// starts at i, or -1.
func skipValue(data string, i int) int {
	for depth := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			if i = skipString(data, i); i < 0 {
				return -1
			}
			i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// unquote decodes a JSON string, without a copy if it holds no escapes.
func unquote(quoted string) (string, error) {
	if n := len(quoted); n < 2 || quoted[0] != '"' || quoted[n-1] != '"' || strings.IndexByte(quoted, '\\') >= 0 {
		var s string
		err := json.Unmarshal([]byte(quoted), &s)
		return s, err
	}
	return quoted[1 : len(quoted)-1], nil
}

// appendJSONString appends s as a JSON string.
func appendJSONString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b < 0x20 || b == '"' || b == '\\' || b >= 0x7f {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
