package flask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/mail"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/retort-go/retort"
)

// The types of values that JSON has no word for and Flask's sessions have. With
// nil, bool, string, int64, *big.Int, float64, []any, map[string]any, []byte and
// [time.Time] they are what a session's values are in Go.
type (
	// A Tuple is Python's tuple, a list that does not change.
	Tuple []any

	// Markup is text that is HTML already: markupsafe's Markup.
	Markup string

	// A UUID is Python's uuid.UUID.
	UUID [16]byte
)

// String spells u in the usual form, 12345678-1234-5678-1234-567812345678.
func (u UUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// MarshalText is String, for encoding/json.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads 32 hexadecimal digits, hyphens between them left out.
func (u *UUID) UnmarshalText(data []byte) error {
	digits := slices.DeleteFunc(slices.Clone(data), func(c byte) bool { return c == '-' })
	if len(digits) != 32 {
		return errors.New("flask: a UUID has 32 hexadecimal digits")
	}
	_, err := hex.Decode(u[:], digits)
	return err
}

// The keys of an object with one member that Flask reads as something else.
const (
	tagDict     = " di"
	tagTuple    = " t"
	tagBytes    = " b"
	tagMarkup   = " m"
	tagUUID     = " u"
	tagDateTime = " d"
)

var tags = []string{tagDict, tagTuple, tagBytes, tagMarkup, tagUUID, tagDateTime}

func tagged(tag string, inner node) node {
	return node{kind: dict, keys: []string{tag}, items: []node{inner}}
}

func str(s string) node { return node{kind: text, text: s} }

// nodeOf is v as JSON; with tags, as Flask's sessions spell it. A type that it
// does not know is what encoding/json makes of it.
func nodeOf(v any, tags bool) (node, error) {
	switch v := v.(type) {
	case nil:
		return node{}, nil
	case bool:
		return node{kind: boolean, text: strconv.FormatBool(v)}, nil
	case string:
		return str(v), nil
	case int:
		return node{kind: number, text: strconv.Itoa(v)}, nil
	case int64:
		return node{kind: number, text: strconv.FormatInt(v, 10)}, nil
	case *big.Int:
		return node{kind: number, text: v.String()}, nil
	case float64:
		return node{kind: number, text: formatFloat(v)}, nil
	case []any:
		return listOf(v, tags)
	case map[string]any:
		return dictOf(v, tags)
	case Tuple:
		n, err := listOf(v, tags)
		if tags {
			n = tagged(tagTuple, n)
		}
		return n, err
	case []byte:
		return special(tagBytes, base64.StdEncoding.EncodeToString(v), tags), nil
	case Markup:
		return special(tagMarkup, string(v), tags), nil
	case UUID:
		if !tags {
			return str(v.String()), nil
		}
		return tagged(tagUUID, str(hex.EncodeToString(v[:]))), nil
	case time.Time:
		return special(tagDateTime, v.UTC().Format(http.TimeFormat), tags), nil
	case []retort.Flash:
		return flashesOf(v, tags)
	}
	return marshalled(v, tags)
}

func special(tag, content string, tags bool) node {
	if !tags {
		return str(content)
	}
	return tagged(tag, str(content))
}

func listOf(values []any, tags bool) (n node, err error) {
	n.kind = list
	for _, v := range values {
		item, err := nodeOf(v, tags)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

func dictOf(values map[string]any, tags bool) (n node, err error) {
	n.kind = dict
	for key := range values {
		n.keys = append(n.keys, key)
	}
	slices.Sort(n.keys)
	for _, key := range n.keys {
		item, err := nodeOf(values[key], tags)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	if tags {
		n = n.guarded()
	}
	return n, nil
}

// flashesOf is a list of tuples, the category first.
func flashesOf(flashes []retort.Flash, tags bool) (node, error) {
	values := make([]any, len(flashes))
	for i, f := range flashes {
		values[i] = Tuple{f.Category, f.Message}
	}
	return listOf(values, tags)
}

// guarded keeps a dict that looks like a tagged value from being read as one.
func (n node) guarded() node {
	if n.kind != dict || len(n.keys) != 1 || !slices.Contains(tags, n.keys[0]) {
		return n
	}
	return tagged(tagDict, node{kind: dict, keys: []string{n.keys[0] + "__"}, items: n.items})
}

// guardAll is guarded for n and all inside it.
func (n node) guardAll() node {
	for i := range n.items {
		n.items[i] = n.items[i].guardAll()
	}
	return n.guarded()
}

func marshalled(v any, tags bool) (node, error) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Float32, reflect.Float64: // encoding/json spells 1.0 as 1, which is an int in Python
		return node{kind: number, text: formatFloat(r.Float())}, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return node{}, err
	}
	n, err := parseJSON(string(data))
	if tags {
		n = n.guardAll()
	}
	return n, err
}

// value is n as a Go value; with tags, tagged values are what they stand for. An
// unknown tag is a dict like any other.
func (n *node) value(tags bool) (any, error) {
	switch n.kind {
	case null:
		return nil, nil
	case boolean:
		return n.text == "true", nil
	case number:
		return numberValue(n.text), nil
	case text:
		return n.text, nil
	case list:
		return n.listValue(tags)
	}
	m := make(map[string]any, len(n.keys))
	for i, key := range n.keys {
		v, err := n.items[i].value(tags)
		if err != nil {
			return nil, err
		}
		m[key] = v
	}
	if tags && len(n.keys) == 1 {
		return untag(n.keys[0], m)
	}
	return m, nil
}

func (n *node) listValue(tags bool) ([]any, error) {
	values := make([]any, len(n.items))
	for i := range n.items {
		v, err := n.items[i].value(tags)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// untag is what a dict with the one member tag stands for. What Python's own
// reader fails on is an error here too: no Flask wrote it.
func untag(tag string, m map[string]any) (any, error) {
	bad := fmt.Errorf("%w: the value tagged %q cannot be one", ErrPayload, tag)
	switch tag {
	case tagTuple:
		if values, ok := m[tag].([]any); ok {
			return Tuple(values), nil
		}
		return nil, bad
	case tagDict:
		inner, ok := m[tag].(map[string]any)
		if !ok || len(inner) != 1 {
			return nil, bad
		}
		for key, v := range inner {
			if len(key) > 2 {
				return map[string]any{key[:len(key)-2]: v}, nil
			}
		}
		return nil, bad
	case tagBytes, tagMarkup, tagUUID, tagDateTime:
		if s, ok := m[tag].(string); ok {
			return untagString(tag, s, bad)
		}
		return nil, bad
	}
	return m, nil
}

func untagString(tag, s string, bad error) (any, error) {
	switch tag {
	case tagBytes:
		data, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, bad
		}
		return data, nil
	case tagUUID:
		var u UUID
		if u.UnmarshalText([]byte(s)) != nil {
			return nil, bad
		}
		return u, nil
	case tagDateTime:
		if at, ok := parseDate(s); ok {
			return at, nil
		}
		return nil, nil // Flask's None
	}
	return Markup(s), nil
}

// parseDate reads the forms of HTTP's dates that Werkzeug takes.
func parseDate(s string) (time.Time, bool) {
	at, err := http.ParseTime(s)
	if err != nil {
		at, err = mail.ParseDate(s)
	}
	return at.UTC(), err == nil
}

// plain is n without its tags, as JSON that anything can read: a tuple is a list,
// bytes are base64, a time is HTTP's date and a UUID has its hyphens, as jsonify
// would write them. Order and numbers stay as they are.
func (n node) plain() node {
	items := make([]node, len(n.items))
	for i := range n.items {
		items[i] = n.items[i].plain()
	}
	n.items = items
	if n.kind != dict || len(n.keys) != 1 {
		return n
	}
	inner := n.items[0]
	switch n.keys[0] {
	case tagTuple, tagBytes, tagMarkup, tagDateTime:
		return inner
	case tagUUID:
		var u UUID
		if u.UnmarshalText([]byte(inner.text)) == nil {
			return str(u.String())
		}
	case tagDict:
		if inner.kind == dict && len(inner.keys) == 1 && len(inner.keys[0]) > 2 {
			key := inner.keys[0]
			inner.keys = []string{key[:len(key)-2]}
			return inner
		}
	}
	return n
}

// MarshalSession spells v as Flask's sessions do: sorted, in ASCII, with types
// that JSON lacks in tags.
func MarshalSession(v any) ([]byte, error) {
	n, err := nodeOf(v, true)
	if err != nil {
		return nil, fmt.Errorf("flask: marshal a session value: %w", err)
	}
	return n.append(nil, sessionStyle), nil
}

// UnmarshalSession stores in v, a pointer, what [MarshalSession] or Flask wrote.
// An *any gets the types of this package, and so does a pointer to one of them;
// any other gets what encoding/json makes of the value without its tags.
func UnmarshalSession(data []byte, v any) error {
	n, err := parseJSON(string(data))
	if err != nil {
		return err
	}
	got, err := n.value(true)
	if err != nil {
		return err
	}
	if assign(got, v) {
		return nil
	}
	if err := json.Unmarshal(asJSON(n), v); err != nil {
		return fmt.Errorf("flask: unmarshal a session value: %w", err)
	}
	return nil
}

// asJSON is n without its tags, for encoding/json.
func asJSON(n node) []byte {
	n = n.plain()
	return n.append(nil, tokenStyle)
}

// assign stores got in v if that is a pointer to got's type or to any, and reports
// whether it is.
func assign(got, v any) bool {
	out := reflect.ValueOf(v)
	if out.Kind() != reflect.Pointer || out.IsNil() || got == nil {
		return false
	}
	is := reflect.ValueOf(got)
	if is.Type() != out.Type().Elem() && out.Type().Elem() != reflect.TypeFor[any]() {
		return false
	}
	out.Elem().Set(is)
	return true
}
