package route_test

import (
	"strconv"
	"testing"
	"unicode"

	"github.com/retort-go/retort/route"
)

// TestDigitsOfAllScripts reads every decimal digit of Unicode as an integer.
func TestDigitsOfAllScripts(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/<int:n>"})
	expected := int64(0) // Unicode lists the digits of each script from 0 to 9
	for r := range rune(unicode.MaxRune) {
		if !unicode.IsDigit(r) {
			continue
		}
		var result route.Match
		m.Match(route.Request{Method: "GET", Path: "/1" + string(r)}, &result)
		p, _ := result.Param("n")
		if n, ok := p.Int(); !ok || n != 10+expected {
			t.Errorf("1%c (%U) = %d, %t, want %d", r, r, n, ok, 10+expected)
		}
		expected = (expected + 1) % 10
	}
	if expected != 0 {
		t.Error("Unicode has digits that come not in tens")
	}
}

// TestFloatText holds the text of floats to Python's.
func TestFloatText(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/<float:x>", Endpoint: "x"}, route.Rule{Path: "/", Endpoint: "q"})
	for want, x := range map[string]any{
		"0.0": 0.0, "1.0": 1, "0.1": 0.1, "0.0001": 1e-4, "1e-05": 1e-5, "1234567890123456.0": 1234567890123456.0,
		"1e+16": 1e16, "1.5e+300": 1.5e300, "5e-324": 5e-324, "inf": "inf", "nan": " NaN ", "-inf": "-Infinity", "1e+100": "1_0e99", "3.5": "٣.٥",
	} {
		if got, err := m.Build("x", v("x", x), route.BuildOptions{}); got != "/"+want || err != nil {
			t.Errorf("Build(%v) = %s, %v, want /%s", x, got, err, want)
		}
	}
	if got, err := m.Build("q", v("x", float32(0.1)), route.BuildOptions{}); got != "/?x=0.1" || err != nil {
		t.Errorf("float32: %s, %v, want %s", got, err, strconv.Quote("/?x=0.1"))
	}
}
