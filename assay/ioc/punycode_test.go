package ioc

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

// TestLabels compares labels with the library's, for every letter there is and
// for random ones of each script. Few may be left to the library: it is slow.
func TestLabels(t *testing.T) {
	var puny punyHosts
	tried, left := 0, 0
	check := func(label string) {
		t.Helper()
		tried++
		var h punyHost
		made := puny.addLabel(&h, []byte(label))
		got := h.ascii
		want, err := toPunycode.ToASCII(label)
		switch {
		case made == labelOdd:
			left++
			return
		case made == labelNone:
			if err == nil && want != "" {
				t.Errorf("%q (%U): got nothing, want %q", label, []rune(label), want)
			}
			return
		case len(want) > maxLabel:
			if len(got) <= maxLabel {
				t.Errorf("%q: got %q, which fits", label, got)
			}
			return
		case err != nil || string(got) != want:
			t.Errorf("%q (%U): got %q, want %q, %v", label, []rune(label), got, want, err)
			return
		}
		back, _ := idna.Punycode.ToUnicode(want)
		if got := (&details{}).of(flagIDN, Indicator{Domain, want}, "").Unicode; got != back || string(h.shown) != back {
			t.Errorf("%q: read as %q, and %q when it was made, want %q", want, got, h.shown, back)
		}
	}
	var letters []rune
	for r := rune(0x80); r < 0x30000; r++ {
		if !isWideLabel(r) {
			continue
		}
		letters = append(letters, r)
		check(string(r))
		check("a" + string(r) + "b")
		check("a" + string(r) + string(r))
	}
	random := rand.New(rand.NewPCG(5, 5))
	for range 40000 {
		var b strings.Builder
		block := random.IntN(len(letters))
		for range 1 + random.IntN(40) {
			switch random.IntN(8) {
			case 0:
				b.WriteByte("abc019-_"[random.IntN(8)])
			case 1:
				b.WriteRune(letters[random.IntN(len(letters))])
			case 2:
				b.WriteRune(rune(0x300 + random.IntN(0x50))) // accents
			default:
				b.WriteRune(letters[min(len(letters)-1, block+random.IntN(40))])
			}
		}
		check(b.String())
	}
	if t.Logf("%d of %d left to the library", left, tried); left > tried/20 {
		t.Errorf("%d of %d labels are left to the library, want one in twenty at most", left, tried)
	}
}

func BenchmarkToASCII(b *testing.B) {
	var t punyHosts
	h := punyHost{wide: []byte("пример.рф")}
	for b.Loop() {
		t.read(&h)
	}
}
