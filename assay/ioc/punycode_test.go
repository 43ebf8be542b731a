package ioc

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/idna"
)

// TestSimpleLabels compares the short way to punycode with the library's, for
// every simple letter and for random labels of them.
func TestSimpleLabels(t *testing.T) {
	var letters []rune
	for r := rune(0x80); r < 0x10000; r++ {
		if isSimple(r) {
			letters = append(letters, r)
		}
	}
	check := func(host string) {
		t.Helper()
		got, ok := appendASCIIHost(nil, []byte(strings.ToLower(host)))
		want, err := toPunycode.ToASCII(host)
		switch {
		case !ok && len(want) <= maxLabel && !strings.Contains(host, "-"):
			t.Errorf("%q is not simple", host)
		case ok && tooLong(want):
			if !tooLong(string(got)) {
				t.Errorf("%q: got %q, which fits", host, got)
			}
		case ok && (err != nil || string(got) != want):
			t.Errorf("%q: got %q, want %q, %v", host, got, want, err)
		case ok:
			back, _ := idna.Punycode.ToUnicode(want)
			if got := newDetail(detailKey{host: want}).Unicode; got != back {
				t.Errorf("%q: read as %q, want %q", want, got, back)
			}
		}
	}
	for _, r := range letters {
		if !unicode.IsLetter(r) {
			t.Errorf("%U is no letter", r)
		}
		check(string(r))
		check("a" + string(r) + "b")
	}
	random := rand.New(rand.NewPCG(5, 5))
	for range 20000 {
		var b strings.Builder
		block := random.IntN(len(letters))
		for range 1 + random.IntN(40) {
			switch random.IntN(8) {
			case 0:
				b.WriteByte("abc019-."[random.IntN(8)])
			case 1:
				b.WriteRune(letters[random.IntN(len(letters))])
			default:
				b.WriteRune(letters[min(len(letters)-1, block+random.IntN(40))])
			}
		}
		if host := strings.Trim(b.String(), ".-"); host != "" && !strings.Contains(host, "..") {
			check(host)
		}
	}
}

func tooLong(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		if len(label) > maxLabel {
			return true
		}
	}
	return false
}

func BenchmarkToASCII(b *testing.B) {
	host := []byte("пример.рф")
	dst := make([]byte, 0, 64)
	for b.Loop() {
		appendASCIIHost(dst, host)
	}
}
