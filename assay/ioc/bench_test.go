//go:build unix

package ioc_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

func bench(b *testing.B, text string) {
	b.ReportAllocs()
	found := 0
	cpuRate(b, len(text), func() { found = len(ioc.Extract(text)) })
	b.ReportMetric(float64(found)/float64(len(text))*1e6, "matches/MB")
}

func BenchmarkLogs(b *testing.B)    { bench(b, corpus.Logs(8<<20)) }
func BenchmarkReports(b *testing.B) { bench(b, corpus.Reports(8<<20)) }

// BenchmarkDocuments measures on real reports, where they are at hand.
func BenchmarkDocuments(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(developmentOn, "docs", "*.txt"))
	if len(files) == 0 {
		b.Skip("no real documents here")
	}
	var text strings.Builder
	for text.Len() < 8<<20 {
		for _, name := range files {
			doc, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			text.Write(doc)
			text.WriteByte('\n')
		}
	}
	bench(b, text.String())
}

func BenchmarkShapes(b *testing.B) {
	for _, shape := range corpus.Shapes {
		text := corpus.Repeat(shape, 512<<10)
		b.Run(shape, func(b *testing.B) { bench(b, text) })
		b.Run(shape+"/seq", func(b *testing.B) {
			cpuRate(b, len(text), func() {
				for range (ioc.Options{}).ExtractSeq(text) {
				}
			})
		})
		b.Run(shape+"/everything", func(b *testing.B) {
			o := ioc.Options{Kinds: ioc.Kinds(), Rejected: true, Nested: true}
			cpuRate(b, len(text), func() {
				for range o.ExtractSeq(text) {
				}
			})
		})
	}
}

// BenchmarkDistinct measures texts of nothing but hosts of up to eight letters,
// all different, in lines of their own: nothing that is remembered helps.
func BenchmarkDistinct(b *testing.B) {
	for _, tt := range []struct{ name, tld, first, last string }{
		{"ascii", "com", "a", "z"}, {"files", "py", "a", "z"}, {"latin", "com", "à", "ö"}, {"cyrillic", "рф", "а", "я"},
		{"arabic", "com", "ع", "ي"}, {"thai", "com", "ก", "ฮ"}, {"han", "中国", "一", "龠"}, {"hangul", "com", "가", "힣"},
	} {
		first, last := []rune(tt.first)[0], []rune(tt.last)[0]
		r := rand.New(rand.NewPCG(1, 1))
		var text strings.Builder
		for text.Len() < 512<<10 {
			for range 1 + r.IntN(8) {
				text.WriteRune(first + r.Int32N(last-first+1))
			}
			text.WriteString("." + tt.tld + "\n")
		}
		b.Run(tt.name, func(b *testing.B) { bench(b, text.String()) })
	}
}

// BenchmarkSizes shows that time grows with the text and no faster: the rate is
// the same at every size.
func BenchmarkSizes(b *testing.B) {
	for _, shape := range []string{"a.", "a@a.", "1.2.3.4/", "a.zip "} {
		for _, size := range []int{512 << 10, 10 << 20, 100 << 20} {
			text := corpus.Repeat(shape, size)
			b.Run(fmt.Sprintf("%q/%dK", shape, size>>10), func(b *testing.B) {
				cpuRate(b, len(text), func() {
					for range (ioc.Options{}).ExtractSeq(text) {
					}
				})
			})
		}
	}
}

// BenchmarkStream measures without keeping the matches, as commands do.
func BenchmarkStream(b *testing.B) {
	for _, tt := range []struct{ name, text string }{{"logs", corpus.Logs(8 << 20)}, {"reports", corpus.Reports(8 << 20)}} {
		b.Run(tt.name, func(b *testing.B) {
			cpuRate(b, len(tt.text), func() {
				for _, err := range (ioc.Options{}).ExtractReader(strings.NewReader(tt.text)) {
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkAllKinds measures with every kind and every encoding.
func BenchmarkAllKinds(b *testing.B) {
	for _, tt := range []struct{ name, text string }{{"logs", corpus.Logs(2 << 20)}, {"reports", corpus.Reports(2 << 20)}} {
		b.Run(tt.name, func(b *testing.B) {
			cpuRate(b, len(tt.text), func() { ioc.Options{Kinds: ioc.Kinds(), Nested: true}.Extract(tt.text) })
		})
	}
}
