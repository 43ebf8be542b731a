package retort

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func membersOf(payload string) (keys, raws []string, err error) {
	err = eachMember(payload, func(key, raw string) error {
		keys, raws = append(keys, key), append(raws, raw)
		return nil
	})
	return keys, raws, err
}

func TestEachMember(t *testing.T) {
	for _, tt := range []struct {
		payload string
		want    string // keys and values; empty for an error
	}{
		{`{}`, `[] []`},
		{`{"a":1}`, `["a"] ["1"]`},
		{`{"a":"x,y}\"","b":[1,{"c":"]"}],"":null}`, `["a" "b" ""] ["\"x,y}\\\"\"" "[1,{\"c\":\"]\"}]" "null"]`},
		{`{"\u00e9":true}`, `["é"] ["true"]`},
		{``, ``}, {`{`, ``}, {`}`, ``}, {`[]`, ``}, {`null`, ``}, {`"{}"`, ``}, {`{}x`, ``}, {`x{}`, ``},
		{`{"a"}`, ``}, {`{"a":}`, ``}, {`{"a":1`, ``}, {`{"a":1]`, ``}, {`{"a":[1}`, ``}, {`{"a":1]}`, ``}, {`{a:1}`, ``}, {`{"a:1}`, ``},
		{`{"a":"x}`, ``}, {`{"a" 1}`, ``}, {`{"\x":1}`, ``}, {`{"a":1}{"b":2}`, ``}, {`{"a":1}}`, ``}, {`{:1}`, ``}, {`{"a`, ``}, {`{"a"`, ``}, {`{"a":`, ``},
	} {
		keys, raws, err := membersOf(tt.payload)
		if got := fmt.Sprintf("%q %q", keys, raws); err == nil && got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: got %s, %v, want %s", tt.payload, got, err, tt.want)
		}
	}
	stop := errors.New("enough")
	if err := eachMember(`{"a":1,"b":2}`, func(string, string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of f", err)
	}
}

// Of what is JSON, encoding/json says the same; of what is none, nothing fails.
func FuzzEachMember(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1,"b":"x\"}","c":[{}]}`, `{"a":1]}`, `{"a`, `{"é":"\u00e9"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		keys, raws, err := membersOf(payload)
		var want map[string]json.RawMessage
		var compact bytes.Buffer
		if json.Unmarshal([]byte(payload), &want) != nil || want == nil || json.Compact(&compact, []byte(payload)) != nil || compact.String() != payload {
			return // not as encoding/json and this package write it
		}
		got := map[string]json.RawMessage{}
		for i, key := range keys {
			got[strings.ToValidUTF8(key, "\uFFFD")] = json.RawMessage(raws[i])
		}
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: got %q, %v, want %q", payload, got, err, want)
		}
	})
}

// What is written as JSON is read as it was.
func TestAppendJSONString(t *testing.T) {
	for _, text := range []string{"", "plain", `quo"te`, `back\slash`, "line\nbreak", "\x00\x1f \x7e\x7f", "ü☃😀", "<b>&"} {
		data := appendJSONString([]byte("["), text)
		var got []string
		if err := json.Unmarshal(append(data, ']'), &got); err != nil || !reflect.DeepEqual(got, []string{text}) {
			t.Errorf("%q is written as %s and read as %q, %v", text, data, got, err)
		}
		if back, err := unquote(string(data[1:])); err != nil || back != text {
			t.Errorf("%s is read as %q, %v", data[1:], back, err)
		}
	}
	for _, bad := range []string{"", `"`, "1", `x"`, `"x`, `null`, `"\x"`} {
		if got, err := unquote(bad); err == nil && bad != "null" {
			t.Errorf("unquote(%s) = %q, want an error", bad, got)
		}
	}
}
