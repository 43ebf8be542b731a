package value

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Escaping gives the same bytes wherever they fall in the words it works on, and however much room there is.
func TestEscapeAnywhere(t *testing.T) {
	want := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")
	const letters = "ab<>&\"'=;#%!{?\x00\xff"
	r := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		text := make([]byte, r.IntN(40))
		for i := range text {
			text[i] = 'x'
			if r.IntN(3) == 0 {
				text[i] = letters[r.IntN(len(letters))]
			}
		}
		s, before := string(text), strings.Repeat("<", r.IntN(5))
		room := func() []byte { return append(make([]byte, 0, len(before)+r.IntN(80)), before...) }
		if got := string(EscapeString(room(), s)); got != before+want.Replace(s) {
			t.Fatalf("EscapeString(%q, %q) = %q", before, s, got)
		}
		if got := string(EscapeTail(append(room(), s...), len(before))); got != before+want.Replace(s) {
			t.Fatalf("EscapeTail(%q, %d) = %q", before+s, len(before), got)
		}
	}
}
