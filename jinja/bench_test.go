package jinja

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja/internal/value"
)

// The benchmarks compare a rendered template with a function that a careful person would write by hand for the same page: it
// appends to a buffer and escapes with the same escaper. Both run in turns in one process, so that a busy machine slows both.

type fortune struct {
	ID      int
	Message string
}

type row struct {
	ID     int
	Name   string
	Email  string
	Visits int
}

const fortunesSource = `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>` +
	`<tr><th>id</th><th>message</th></tr>{% for f in fortunes %}<tr><td>{{ f.id }}</td><td>{{ f.message }}</td></tr>{% endfor %}` +
	`</table></body></html>`

func handFortunes(dst []byte, fortunes []fortune) []byte {
	dst = append(dst, `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>`...)
	for i := range fortunes {
		f := &fortunes[i]
		dst = append(dst, "<tr><td>"...)
		dst = strconv.AppendInt(dst, int64(f.ID), 10)
		dst = append(dst, "</td><td>"...)
		dst = value.EscapeString(dst, f.Message)
		dst = append(dst, "</td></tr>"...)
	}
	return append(dst, "</table></body></html>"...)
}

const tableSource = `<table>{% for r in rows %}<tr><td>{{ r.id }}</td><td>{{ r.name }}</td><td>{{ r.email }}</td>` +
	`<td>{{ r.visits }}</td></tr>{% endfor %}</table>`

func handTable(dst []byte, rows []row) []byte {
	dst = append(dst, "<table>"...)
	for i := range rows {
		r := &rows[i]
		dst = append(dst, "<tr><td>"...)
		dst = strconv.AppendInt(dst, int64(r.ID), 10)
		dst = append(dst, "</td><td>"...)
		dst = value.EscapeString(dst, r.Name)
		dst = append(dst, "</td><td>"...)
		dst = value.EscapeString(dst, r.Email)
		dst = append(dst, "</td><td>"...)
		dst = strconv.AppendInt(dst, int64(r.Visits), 10)
		dst = append(dst, "</td></tr>"...)
	}
	return append(dst, "</table>"...)
}

func fortunes(n int) []fortune {
	texts := []string{
		"fortune: No such file or directory", "A computer scientist is someone who fixes things that aren't broken.",
		"After enough decimal places, nobody gives a damn.", "A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1",
		"A computer program does what you tell it to do, not what you want it to do.",
		"Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen", "Any program that runs right is obsolete.",
		"A list is only as strong as its weakest link. — Donald Knuth", "Feature: A bug with seniority.",
		"Computers make very fast, very accurate mistakes.", "<script>alert(\"This should not be displayed in a browser alert box.\");</script>",
		"フレームワークのベンチマーク",
	}
	out := make([]fortune, n)
	for i := range out {
		out[i] = fortune{i + 1, texts[i%len(texts)]}
	}
	return out
}

func rows(n int) []row {
	out := make([]row, n)
	for i := range out {
		out[i] = row{i, "User " + strconv.Itoa(i), fmt.Sprintf("user%d@example.com", i), i * 37 % 1000}
	}
	return out
}

// workload is one page, its data and the function to compare with.
type workload struct {
	name    string
	tmpl    *Template
	structs any
	maps    map[string]any
	hand    func(dst []byte) []byte
	target  float64 // on structs
}

// both are the template with its data and the function by hand.
func (w workload) both(t testing.TB, data any) (render, hand func()) {
	in := Input{Data: data}
	var buf []byte
	return func() {
		var err error
		if buf, err = w.tmpl.Append(buf[:0], in); err != nil {
			t.Fatal(err)
		}
	}, func() { buf = w.hand(buf[:0]) }
}

func workloads(t testing.TB) []workload {
	env, err := New(Config{Loader: MapLoader(pageTemplates), Autoescape: func(string) bool { return true }, Globals: pageGlobals()})
	if err != nil {
		t.Fatal(err)
	}
	template := func(source string) *Template {
		tm, err := env.FromString(source)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	page, err := env.Template("page.html")
	if err != nil {
		t.Fatal(err)
	}
	few, many, table, site := fortunes(12), fortunes(1000), rows(10_000), pageData()
	type fortunesData struct{ Fortunes []fortune }
	type tableData struct{ Rows []row }
	return []workload{
		{"fortunes12", template(fortunesSource), &fortunesData{few}, map[string]any{"fortunes": toMaps(few)},
			func(dst []byte) []byte { return handFortunes(dst, few) }, 1.5},
		{"fortunes1000", template(fortunesSource), &fortunesData{many}, map[string]any{"fortunes": toMaps(many)},
			func(dst []byte) []byte { return handFortunes(dst, many) }, 1.5},
		{"table10k", template(tableSource), &tableData{table}, map[string]any{"rows": toMaps(table)},
			func(dst []byte) []byte { return handTable(dst, table) }, 2},
		{"page", page, site, pageMaps(site), func(dst []byte) []byte { return handPage(dst, site) }, 2},
	}
}

// toMaps makes of each struct the map that a program without structs would pass.
func toMaps[T any](items []T) []map[string]any {
	out := make([]map[string]any, len(items))
	for i := range items {
		switch x := any(items[i]).(type) {
		case fortune:
			out[i] = map[string]any{"id": x.ID, "message": x.Message}
		case row:
			out[i] = map[string]any{"id": x.ID, "name": x.Name, "email": x.Email, "visits": x.Visits}
		}
	}
	return out
}

// TestWorkloads holds the benchmarks to their word: template and function write the same bytes.
func TestWorkloads(t *testing.T) {
	for _, w := range workloads(t) {
		want := string(w.hand(nil))
		for _, data := range []any{w.structs, w.maps} {
			out, err := w.tmpl.Append(nil, Input{Data: data})
			if err != nil {
				t.Errorf("%s: %+v", w.name, err)
			} else if string(out) != want {
				i := 0
				for i < len(out) && i < len(want) && out[i] == want[i] {
					i++
				}
				t.Errorf("%s with %T differs at byte %d: got …%.80q, want …%.80q", w.name, data, i, out[i:], want[i:])
			}
		}
	}
}

// TestAllocations holds that a render of struct data allocates nothing, once buffers have grown, but what the functions of the
// program do that it calls.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget at random")
	}
	for _, w := range workloads(t) {
		var buf []byte
		n := testing.AllocsPerRun(100, func() { buf, _ = w.tmpl.Append(buf[:0], Input{Data: w.structs}) })
		want := 0.0
		if w.name == "page" {
			want = testing.AllocsPerRun(100, func() { buf = w.hand(buf[:0]) }) // url_for makes strings
		}
		if n > want {
			t.Errorf("%s: %v allocations per render, want %v", w.name, n, want)
		}
	}
}

// TestRatio allows three times the goal: the best of many short turns is that far off only if something in the engine went
// wrong, not if the machine is busy.
func TestRatio(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector slows the template down more than the function")
	}
	for _, w := range workloads(t) {
		render, hand := w.both(t, w.structs)
		n := turn(render, hand)
		best, bestHand := 1e18, 1e18
		for range 100 {
			best, bestHand = min(best, measure(render, n)), min(bestHand, measure(hand, n))
		}
		if got := best / bestHand; got > 3*w.target {
			t.Errorf("%s takes %.1f times as long as by hand; the goal is %.1f", w.name, got, w.target)
		}
	}
}

// BenchmarkRatio prints how much longer the template takes than the function, by the best of many short turns of each.
func BenchmarkRatio(b *testing.B) {
	for _, w := range workloads(b) {
		for _, kind := range []string{"struct", "map"} {
			b.Run(w.name+"/"+kind, func(b *testing.B) {
				data := w.structs
				if kind == "map" {
					data = w.maps
				}
				render, hand := w.both(b, data)
				b.ReportAllocs()
				best, bestHand := alternate(b, render, hand)
				b.ReportMetric(best/bestHand, "×hand")
				b.ReportMetric(bestHand, "hand-ns/op")
				b.ReportMetric(best, "best-ns/op")
			})
		}
	}
}

// alternate runs the two functions in turns of about a tenth of a millisecond and returns the nanoseconds per call of each in
// its best turn.
func alternate(b *testing.B, render, hand func()) (best, bestHand float64) {
	n := turn(render, hand)
	best, bestHand = 1e18, 1e18
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		best = min(best, measure(render, n))
		b.StopTimer()
		bestHand = min(bestHand, measure(hand, n))
		b.StartTimer()
	}
	return best, bestHand
}

// turn warms both functions up and returns how many calls make a turn.
func turn(render, hand func()) (n int) {
	render()
	hand()
	for n = 1; measure(hand, n)*float64(n) <= 1e5 && n <= 1<<20; n *= 2 {
	}
	return n
}

func measure(f func(), n int) float64 {
	start := nanotime()
	for range n {
		f()
	}
	return float64(nanotime()-start) / float64(n)
}

func BenchmarkCompile(b *testing.B) {
	env, err := New(Config{Loader: MapLoader(pageTemplates), Globals: pageGlobals()})
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, source := range pageTemplates {
		size += len(source)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for name, source := range pageTemplates {
			if _, err := env.compile(name, Source{Text: source}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkParallel shows that renders share no lock: run it with -cpu 1,2,4, and its time per page falls with the number of
// processors; with -mutexprofile, and nothing of this package is in it.
func BenchmarkParallel(b *testing.B) {
	for _, w := range workloads(b) {
		b.Run(w.name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				var buf []byte
				for pb.Next() {
					buf, _ = w.tmpl.Append(buf[:0], Input{Data: w.structs})
				}
			})
		})
	}
}

// BenchmarkProject compiles a project of a thousand templates, most of which extend a layout, import macros and include parts,
// and reports time and memory per template.
func BenchmarkProject(b *testing.B) {
	const n = 1000
	sources := map[string]string{}
	for i := range n {
		for name, source := range pageTemplates {
			name, ext, _ := strings.Cut(name, ".")
			for other := range pageTemplates {
				other, _, _ := strings.Cut(other, ".")
				source = strings.ReplaceAll(source, `"`+other+".", fmt.Sprintf(`"%s%d.`, other, i/len(pageTemplates)))
			}
			sources[fmt.Sprintf("%s%d.%s", name, i/len(pageTemplates), ext)] = source
		}
	}
	bytes := 0
	for _, source := range sources {
		bytes += len(source)
	}
	b.ReportAllocs()
	best, memory := 1e18, 0.0
	for b.Loop() {
		env, err := New(Config{Loader: MapLoader(sources), Globals: pageGlobals()})
		if err != nil {
			b.Fatal(err)
		}
		before := heap()
		best = min(best, measure(func() {
			for name := range sources {
				if _, err := env.Template(name); err != nil {
					b.Fatal(err)
				}
			}
		}, 1))
		memory = heap() - before
		runtime.KeepAlive(env)
	}
	b.ReportMetric(best/1e6, "ms/project")
	b.ReportMetric(best/1e3/float64(len(sources)), "µs/template")
	b.ReportMetric(memory/float64(len(sources)), "B-kept/template")
	b.ReportMetric(float64(bytes)/float64(len(sources)), "B-source/template")
}

// heap is how much memory is in use.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
