package ioc_test

import (
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

// maxMemory is how many times its text Extract may allocate, with all that it
// finds. Nothing is freed meanwhile, so it is the most that is in use, too.
const maxMemory = 6

// allocated is how many bytes f takes from the heap, freed or not.
func allocated(f func()) int {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

func TestAllocExtract(t *testing.T) {
	documents := strings.Builder{}
	for _, s := range [...]string{"prose", "tables", "logs", "structured", "mail"} {
		for _, snippet := range readSnippets(t, "testdata/snippets/"+s+".txt") {
			documents.WriteString(snippet.text)
		}
	}
	for _, tt := range []struct{ name, text string }{
		{"logs", corpus.Logs(4 << 20)},
		{"reports", corpus.Reports(4 << 20)},
		{"snippets", corpus.Repeat(documents.String(), 4<<20)},
	} {
		got := float64(allocated(func() { ioc.Extract(tt.text) })) / float64(len(tt.text))
		if t.Logf("%s: %.2f times the text", tt.name, got); got > maxMemory {
			t.Errorf("%s: Extract takes %.1f times its text, want at most %d", tt.name, got, maxMemory)
		}
	}
}

// TestAllocDense bounds what texts of nothing but indicators take, of which a
// Match is many times as large: three times the size of the matches, counting
// what is thrown away as lists grow.
func TestAllocDense(t *testing.T) {
	for _, shape := range corpus.Shapes {
		text := corpus.Repeat(shape, 1<<20)
		var matches []ioc.Match
		got := allocated(func() { matches = ioc.Extract(text) })
		most := maxMemory*len(text) + 3*len(matches)*int(unsafe.Sizeof(ioc.Match{}))
		if got > most {
			t.Errorf("%q: Extract takes %d bytes for %d matches in %d bytes, want at most %d", shape, got, len(matches), len(text), most)
		}
	}
}

// TestAllocStream reads far more than a window holds: what is in use stays the
// same. A window has a piece for every processor.
func TestAllocStream(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	text := corpus.Reports(4 << 20)
	peak := func(times int) int {
		readers := make([]io.Reader, times)
		for i := range readers {
			readers[i] = strings.NewReader(text)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before, most, n := m.HeapAlloc, uint64(0), 0
		for _, err := range (ioc.Options{}).ExtractReader(io.MultiReader(readers...)) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%20000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc-min(before, m.HeapAlloc))
			}
		}
		return int(most)
	}
	few, many := peak(2), peak(8)
	t.Logf("%d KB in use for 8 MB, %d KB for 32 MB", few>>10, many>>10)
	if limit := 16 << 20; many > limit || many > few*3/2+1<<20 {
		t.Errorf("%d bytes in use for 8 MB, %d for 32 MB, want at most %d for both", few, many, limit)
	}
}

func TestAllocNothing(t *testing.T) {
	text := strings.Repeat("INFO org.apache.hadoop.hdfs.DataNode took 0.123 s, see README.md\n", 1000)
	if n := testing.AllocsPerRun(10, func() { ioc.Extract(text) }); n > 12 {
		t.Errorf("Extract of text without indicators allocates %v times", n)
	}
}
