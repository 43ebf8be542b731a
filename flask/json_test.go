package flask_test

import (
	"encoding/json"
	"log/slog"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/retorttest"
)

type point struct {
	Y, X float64
}

type post struct {
	point
	ID      int64     `json:"id,string"`
	Title   string    `json:"title"`
	At      time.Time `json:"at"`
	Tags    []string  `json:"tags"`
	Note    string    `json:"note,omitempty"`
	Changed time.Time `json:"changed,omitzero"`
	Next    *post     `json:"next"`
	Hidden  string    `json:"-"`
	secret  string
}

// The spellings are Flask 3.1's, measured.
func TestAppendJSON(t *testing.T) {
	at := time.Date(2024, 2, 29, 1, 2, 3, 999, time.FixedZone("", 2*3600))
	for _, tt := range []struct {
		v    any
		want string
	}{
		{map[string]any{"b": 1, "a": 2}, `{"a":2,"b":1}`},
		{map[string]string{"é": "☃😀"}, `{"\u00e9":"\u2603\ud83d\ude00"}`},
		{at.UTC(), `"Wed, 28 Feb 2024 23:02:03 GMT"`},
		{at, `"Wed, 28 Feb 2024 23:02:03 GMT"`},
		{[]any{nil, true, 1.0, 1e16, 1e-7, 123456789.25, float32(0.1)}, `[null,true,1.0,1e+16,1e-07,123456789.25,0.1]`},
		{"</script>&\u2028\x7f", `"</script>&\u2028\u007f"`},
		{map[int]string{1: "a"}, `{"1":"a"}`},
		{new(big.Int).Exp(big.NewInt(10), big.NewInt(25), nil), `10000000000000000000000000`},
		{[]byte("\x00\xff"), `"AP8="`},
		{[2]int{1, 2}, `[1,2]`},
		{json.RawMessage(`{"b": 1, "a": [1.50]}`), `{"a":[1.5],"b":1}`},
		{json.Number("12"), `12`},
		{(*post)(nil), `null`},
		{nil, `null`},
		{flask.UUID{0x12, 0x34}, `"12340000-0000-0000-0000-000000000000"`},
		{"bad\xff", `"bad\ufffd"`},
		{post{point: point{1, 2.5}, ID: 7, Title: "T", At: at, Hidden: "h", secret: "s"},
			`{"X":2.5,"Y":1.0,"at":"Wed, 28 Feb 2024 23:02:03 GMT","id":"7","next":null,"tags":null,"title":"T"}`},
	} {
		got, err := flask.AppendJSON([]byte("-"), tt.v)
		if err != nil || string(got) != "-"+tt.want {
			t.Errorf("%#v: got %s, %v; want -%s", tt.v, got, err, tt.want)
		}
	}
	loop := &post{}
	loop.Next = loop
	for _, v := range []any{math.NaN(), math.Inf(1), func() {}, map[bool]int{true: 1}, loop, map[string]any{"c": make(chan int)}} {
		if got, err := flask.AppendJSON(nil, v); err == nil {
			t.Errorf("%T: got %s, want an error", v, got)
		}
	}
}

// The whole of an app's answers are Flask's with one setting.
func TestJSONProfile(t *testing.T) {
	app := retort.New(retort.Config{Logger: slog.New(slog.DiscardHandler), JSON: flask.AppendJSON})
	app.Get("/", func(c *retort.Ctx) error { return c.JSON(retort.Map{"ü": 1.0, "a": "<"}) }).Named("index")
	app.Get("/bad", func(c *retort.Ctx) error { return c.JSON(math.NaN()) }).Named("bad")
	client := retorttest.New(t, app)
	if got, want := client.Get("/").Body, `{"a":"<","\u00fc":1.0}`+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if r := client.Get("/bad"); r.Status != 500 || strings.Contains(r.Body, "NaN") {
		t.Errorf("what is no JSON: got %d %s", r.Status, r.Body)
	}
}
