package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/retort-go/retort/retorttest"
)

// BenchmarkAnalyze is a page of results, from the request to its last byte: of a
// report, and of a text of nothing but distinct indicators.
func BenchmarkAnalyze(b *testing.B) {
	report := strings.Repeat(mail+"\nThe loader was seen on several hosts of the finance department.\n", 100)
	var list strings.Builder
	for i := range 30_000 {
		list.WriteString("10." + itoa(i>>14&127) + "." + itoa(i>>7&127) + "." + itoa(i&127) + "\n")
	}
	for _, bb := range []struct{ name, text string }{{"report", report}, {"30000 addresses", list.String()}} {
		b.Run(bb.name, func(b *testing.B) {
			c := retorttest.New(b, newApp())
			form := url.Values{"text": {bb.text}}
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				if res := c.Post("/analyze", form); res.Status != http.StatusOK {
					b.Fatal(res.Status)
				}
			}
		})
	}
}
