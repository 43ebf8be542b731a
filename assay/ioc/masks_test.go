package ioc

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMasksAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const likely = "..::@@cCvVoOtTaA,]})[(aAfFgGzZ09-_/ \n`{\x7f\x80\x80\xe3\xe3\xef\xef\xbc\xbd\xff"
	for n := range 400 {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(r.Uint32())
			if r.IntN(4) > 0 {
				text[i] = likely[r.IntN(len(likely))]
			}
		}
		got, want := make([]word, (n+63)/64), make([]word, (n+63)/64)
		fillMasks(got, text, 0)
		masksGeneric(want, text, 0)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%d bytes, word %d of %q: got %x, want %x", n, i, text, got[i], want[i])
			}
		}
	}
}

func TestAppendLower(t *testing.T) {
	for c := range 0x80 {
		in := []byte("0123456" + string(rune(c)) + "abcXYZ[@`{" + string(rune(c)))
		if got, want := string(appendLower([]byte("x"), in)), "x"+strings.ToLower(string(in)); got != want {
			t.Errorf("appendLower(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkMasks(b *testing.B) {
	text := make([]byte, windowSize)
	words := make([]word, windowSize/64)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		fillMasks(words, text, 0)
	}
}
