package report_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// encoded is v as encoding/json writes it for programs.
func encoded(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // the tests encode strings and numbers
	}
	return b.String()
}

// fill sets every field of v, nested ones too, to something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a field of a kind that nothing writes: " + v.Kind().String())
	}
}

// What is written by hand is what encoding/json makes of the type: a field that
// is added to a match must not get lost.
func TestJSONLIsTheItem(t *testing.T) {
	var full report.Item
	fill(reflect.ValueOf(&full).Elem())
	two := report.Item{Match: ioc.Match{Detail: &ioc.Detail{Flags: []string{"a", "b"}, Lists: []string{"c <d>", "\"e\""}}}}
	for _, it := range []report.Item{full, {}, {Match: ioc.Match{Detail: &ioc.Detail{}}}, two} {
		if got, want := write(t, "jsonl", false, it), encoded(it); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzJSONLString(f *testing.F) {
	f.Add("a&b<c>\"\\/\b\f\n\r\t\x00\x1f\x7f é\u2028\u2029\U0001f600\xff\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, s string) {
		it := report.Item{Match: ioc.Match{Reason: s}} // a field that has no bytes beside it
		if got, want := write(t, "jsonl", false, it), encoded(it); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		it.Raw = s
		var back struct {
			Base64 map[string][]byte `json:"base64"`
		}
		if err := json.Unmarshal([]byte(write(t, "jsonl", false, it)), &back); err != nil {
			t.Fatal(err)
		}
		if got, ok := back.Base64["raw"]; ok == utf8.ValidString(s) || ok && string(got) != s {
			t.Errorf("got the bytes %q, %v of %q", got, ok, s)
		}
	})
}

// TestJSONLString has what must be escaped at every place of a string, as eight
// bytes are looked at at once.
func TestJSONLString(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 17} {
		for c := range rune(0x82) {
			for i := range n {
				it := report.Item{Match: ioc.Match{Reason: strings.Repeat("a", i) + string(c) + strings.Repeat("z", n-i-1)}}
				if got, want := write(t, "jsonl", false, it), encoded(it); got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
			}
		}
	}
}
