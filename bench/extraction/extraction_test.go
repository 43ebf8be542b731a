//go:build unix

// Package extraction measures Assay's extractor against regular expressions
// for the same kinds, in one run: Go's own, and RE2 as go-re2 brings it.
package extraction

import (
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/wasilibs/go-re2"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

// patterns find what the extractor finds by default, one kind each, defanged
// dots included: what one would write in an afternoon. They judge nothing.
var patterns = []string{
	`\b(?:\d{1,3}(?:\.|\[\.\]|\(\.\))){3}\d{1,3}(?:/\d{1,2})?\b`,
	`(?i)\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b`,
	`(?i)\b(?:[a-z0-9_-]+(?:\.|\[\.\]|\(\.\)))+[a-z]{2,24}\b`,
	`(?i)\b(?:https?|hxxps?|ftp)(?:\[:\]|:)//[^\s"'<>]+`,
	`(?i)\b[a-z0-9._%+-]+(?:@|\[at\]|\[@\])(?:[a-z0-9-]+(?:\.|\[\.\]))+[a-z]{2,24}\b`,
	`(?i)\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})\b`,
	`(?i)\bCVE-\d{4}-\d{4,7}\b`,
}

// finder is what regexp.Regexp and re2.Regexp have in common.
type finder interface {
	FindAllStringIndex(s string, n int) [][]int
}

func compiled[R finder](compile func(string) R) (all []finder) {
	for _, p := range patterns {
		all = append(all, compile(p))
	}
	return all
}

// BenchmarkExtractionRatio prints MB a second of processor time for every text
// and shape, and how many times the peers' that is. All sides read a shape in
// turn, the extractor many times for each time of the others, so that a busy
// machine is busy for all. What is found is dropped, as commands do once it is
// written.
func BenchmarkExtractionRatio(b *testing.B) {
	std, wasm := compiled(regexp.MustCompile), compiled(re2.MustCompile)
	measure := func(name, text string) {
		b.Run(name, func(b *testing.B) {
			var ours, goes, re2s time.Duration
			for b.Loop() {
				ours += cpu(func() {
					for range rounds {
						for range (ioc.Options{}).ExtractSeq(text) {
						}
					}
				})
				goes += cpu(func() { findAll(std, text) })
				re2s += cpu(func() { findAll(wasm, text) })
			}
			rate := float64(len(text)) * float64(b.N) / 1e6 * rounds / ours.Seconds()
			b.ReportMetric(rate, "MB/s")
			b.ReportMetric(rounds*goes.Seconds()/ours.Seconds(), "×regexp")
			b.ReportMetric(rounds*re2s.Seconds()/ours.Seconds(), "×re2")
			b.ReportMetric(0, "ns/op")
		})
	}
	measure("logs", corpus.Logs(512<<10))
	measure("reports", corpus.Reports(512<<10))
	for _, shape := range corpus.Shapes {
		measure(shape, corpus.Repeat(shape, 64<<10))
	}
}

// rounds is how often the extractor reads a text for once of the others.
const rounds = 10

func findAll(all []finder, text string) {
	for _, f := range all { // each finds its kind, as our one pass finds all
		f.FindAllStringIndex(text, -1)
	}
}

// cpu is the processor time that f takes in all threads.
func cpu(f func()) time.Duration {
	start := spent()
	f()
	return spent() - start
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
