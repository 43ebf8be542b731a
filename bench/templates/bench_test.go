package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	htmltemplate "html/template"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/CloudyKit/jet/v6"
	"github.com/flosch/pongo2/v6"
	"github.com/nikolalohinski/gonja/v2"
	gonjabuiltins "github.com/nikolalohinski/gonja/v2/builtins"
	gonjaexec "github.com/nikolalohinski/gonja/v2/exec"
	gonjaloaders "github.com/nikolalohinski/gonja/v2/loaders"

	"github.com/retort-go/retort/bench/templates/qt"
	"github.com/retort-go/retort/bench/templates/site"
	"github.com/retort-go/retort/bench/templates/tpl"
	"github.com/retort-go/retort/jinja"
)

// data is what the pages show, as structs and as the maps that engines in
// Jinja's manner are usually given.
type data struct {
	fortunes []site.Fortune
	rows     []site.Row
	page     *site.Page
}

// workloads are the pages, each with the function written by hand.
var workloads = []struct {
	name string
	data data
	hand func(dst []byte, d *data) []byte
}{
	{"fortunes12", data{fortunes: site.Fortunes(12)}, func(dst []byte, d *data) []byte { return handFortunes(dst, d.fortunes) }},
	{"fortunes1000", data{fortunes: site.Fortunes(1000)}, func(dst []byte, d *data) []byte { return handFortunes(dst, d.fortunes) }},
	{"table10k", data{rows: site.Rows(10_000)}, func(dst []byte, d *data) []byte { return handTable(dst, d.rows) }},
	{"page", data{page: site.NewPage()}, func(dst []byte, d *data) []byte { return handPage(dst, d.page) }},
}

// kind is the page that a workload is one size of.
func kind(workload string) string { return strings.TrimRight(workload, "0123456789k") }

// render writes a page to a buffer that is used again.
type render func(w *bytes.Buffer) error

// engine prepares the rendering of a page.
type engine struct {
	name    string
	prepare func(kind string, d *data) (render, error)
	exact   bool   // byte for byte what is written by hand
	differs string // why its page is another one; then only its length is compared
}

var engines = []engine{
	{name: "retort", prepare: prepareJinja, exact: true},
	{name: "retort-maps", prepare: prepareJinjaMaps, exact: true},
	{name: "quicktemplate", prepare: prepareQuick},
	{name: "templ", prepare: prepareTempl},
	{name: "jet", prepare: prepareJet},
	{name: "html-template", prepare: prepareHTML, differs: "it percent-encodes what stands in a URL"},
	{name: "pongo2", prepare: preparePongo, differs: "its truncatechars cuts inside words"},
	{name: "gonja", prepare: prepareGonja, differs: "its super() escapes the footer twice"},
}

type fortunesVars struct{ Fortunes []site.Fortune }
type tableVars struct{ Rows []site.Row }

func (d *data) structs(kind string) any {
	switch kind {
	case "fortunes":
		return &fortunesVars{d.fortunes}
	case "table":
		return &tableVars{d.rows}
	}
	return d.page
}

func (d *data) maps(kind string) map[string]any {
	switch kind {
	case "fortunes":
		list := make([]map[string]any, len(d.fortunes))
		for i, f := range d.fortunes {
			list[i] = map[string]any{"id": f.ID, "message": f.Message}
		}
		return map[string]any{"fortunes": list}
	case "table":
		list := make([]map[string]any, len(d.rows))
		for i, r := range d.rows {
			list[i] = map[string]any{"id": r.ID, "name": r.Name, "email": r.Email, "visits": r.Visits}
		}
		return map[string]any{"rows": list}
	}
	p := d.page
	user := func(u *site.User) map[string]any { return map[string]any{"name": u.Name, "admin": u.Admin} }
	var nav, posts []map[string]any
	for _, n := range p.Nav {
		nav = append(nav, map[string]any{"endpoint": n.Endpoint, "label": n.Label})
	}
	for _, post := range p.Posts {
		tags := post.Tags
		if tags == nil {
			tags = []string{}
		}
		posts = append(posts, map[string]any{"id": post.ID, "title": post.Title, "author": user(post.Author), "body": post.Body,
			"tags": tags, "comments": post.Comments, "score": post.Score})
	}
	return map[string]any{"site_name": p.SiteName, "user": user(p.User), "nav": nav, "posts": posts, "page": p.Page, "pages": p.Pages, "flashes": p.Flashes}
}

func jinjaTemplate(kind string) (*jinja.Template, error) {
	env, err := jinja.New(jinja.Config{
		Loader: jinja.MapLoader(jinjaSources),
		Globals: map[string]any{"url_for": func(c *jinja.Call) (jinja.Value, error) {
			arg := ""
			if len(c.Kwargs) > 0 {
				if v := c.Kwargs[0].Value; v.IsString() {
					arg = v.AsString()
				} else {
					arg = strconv.FormatInt(v.AsInt(), 10)
				}
			}
			return jinja.Str(site.URLFor(c.Args[0].AsString(), arg)), nil
		}},
	})
	if err != nil {
		return nil, err
	}
	return env.Template(kind + ".html")
}

func prepareJinja(kind string, d *data) (render, error) {
	t, err := jinjaTemplate(kind)
	vars := d.structs(kind)
	return func(w *bytes.Buffer) error { return t.Render(w, vars) }, err
}

func prepareJinjaMaps(kind string, d *data) (render, error) {
	t, err := jinjaTemplate(kind)
	vars := d.maps(kind)
	return func(w *bytes.Buffer) error { return t.Render(w, vars) }, err
}

func prepareQuick(kind string, d *data) (render, error) {
	return func(w *bytes.Buffer) error {
		switch kind {
		case "fortunes":
			qt.WriteFortunes(w, d.fortunes)
		case "table":
			qt.WriteTable(w, d.rows)
		default:
			qt.WritePage(w, d.page)
		}
		return nil
	}, nil
}

func prepareTempl(kind string, d *data) (render, error) {
	ctx := context.Background()
	return func(w *bytes.Buffer) error {
		switch kind {
		case "fortunes":
			return tpl.Fortunes(d.fortunes).Render(ctx, w)
		case "table":
			return tpl.Table(d.rows).Render(ctx, w)
		}
		return tpl.Page(d.page).Render(ctx, w)
	}, nil
}

// helpers are the functions of engines that have no such filters.
var helpers = map[string]any{
	"urlfor": site.URLFor, "title": site.Title, "truncate": site.Truncate, "capitalize": site.Capitalize, "round": site.Round,
	"untitled": site.OrUntitled, "class": site.Class, "cycle": site.Cycle, "itoa": site.Itoa, "lower": strings.ToLower, "upper": strings.ToUpper,
	"join": strings.Join, "add": func(a, b int) int { return a + b },
}

func prepareHTML(kind string, d *data) (render, error) {
	t, err := htmltemplate.New("").Funcs(helpers).Parse(htmlSources)
	return func(w *bytes.Buffer) error { return t.ExecuteTemplate(w, kind, d.plain(kind)) }, err
}

func (d *data) plain(kind string) any {
	switch kind {
	case "fortunes":
		return d.fortunes
	case "table":
		return d.rows
	}
	return d.page
}

func prepareJet(kind string, d *data) (render, error) {
	loader := jet.NewInMemLoader()
	for name, source := range jetSources {
		loader.Set(name, source)
	}
	set := jet.NewSet(loader)
	for name, f := range helpers {
		set.AddGlobal(name, f)
	}
	t, err := set.GetTemplate(kind + ".html")
	return func(w *bytes.Buffer) error { return t.Execute(w, nil, d.plain(kind)) }, err
}

func preparePongo(kind string, d *data) (render, error) {
	loader := pongoLoader(pongoSources)
	t, err := pongo2.NewSet("bench", loader).FromFile(kind + ".html")
	vars := pongo2.Context{"fortunes": d.fortunes, "rows": d.rows, "p": d.page, "urlfor": site.URLFor, "itoa": site.Itoa}
	return func(w *bytes.Buffer) error { return t.ExecuteWriterUnbuffered(vars, w) }, err
}

// pongoLoader is a set of templates in memory.
type pongoLoader map[string]string

func (l pongoLoader) Abs(_, name string) string { return name }
func (l pongoLoader) Get(name string) (io.Reader, error) {
	source, ok := l[name]
	if !ok {
		return nil, fmt.Errorf("no template %q", name)
	}
	return strings.NewReader(source), nil
}

func prepareGonja(kind string, d *data) (render, error) {
	sources := map[string]string{}
	for name, s := range jinjaSources {
		sources["/"+name] = s
	}
	for name, s := range gonjaSources {
		sources["/"+name] = s
	}
	loader, err := gonjaloaders.NewMemoryLoader(sources)
	if err != nil {
		return nil, err
	}
	cfg := gonja.NewConfig()
	cfg.AutoEscape = true
	env := &gonjaexec.Environment{
		Context: gonjaexec.EmptyContext().Update(gonjabuiltins.GlobalFunctions).Update(gonjaexec.NewContext(map[string]any{
			"url_for": func(endpoint string, arg any) string { return site.URLFor(endpoint, fmt.Sprint(arg)) },
		})),
		Filters: gonjabuiltins.Filters, Tests: gonjabuiltins.Tests, ControlStructures: gonjabuiltins.ControlStructures, Methods: gonjabuiltins.Methods,
	}
	t, err := gonjaexec.NewTemplate("/"+kind+".html", cfg, loader, env)
	vars := gonjaexec.NewContext(d.maps(kind))
	return func(w *bytes.Buffer) error { return t.Execute(w, vars) }, err
}

// Every engine shows the same page: the exact ones byte for byte, the others up
// to white space, the spelling of entities, and empty class attributes.
func TestSamePages(t *testing.T) {
	for _, work := range workloads {
		want := string(work.hand(nil, &work.data))
		for _, e := range engines {
			draw, err := e.prepare(kind(work.name), &work.data)
			if err != nil {
				t.Errorf("%s: %s: %v", work.name, e.name, err)
				continue
			}
			var got bytes.Buffer
			if err := draw(&got); err != nil {
				t.Errorf("%s: %s: %v", work.name, e.name, err)
				continue
			}
			if e.differs != "" && kind(work.name) == "page" {
				if n := got.Len(); n < len(want)*9/10 || n > len(want)*11/10 {
					t.Errorf("%s: %s has %d bytes, want about %d", work.name, e.name, n, len(want))
				}
				continue
			}
			if e.exact && got.String() != want || words(got.String()) != words(want) {
				t.Errorf("%s: %s differs: %s", work.name, e.name, firstDifference(words(got.String()), words(want)))
			}
		}
	}
}

// words is what a reader sees.
func words(page string) string {
	page = strings.NewReplacer(` class=""`, "", "doctype", "DOCTYPE", "/>", ">", "…", "...").Replace(page)
	return strings.Join(strings.Fields(html.UnescapeString(page)), "")
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-20)
	return fmt.Sprintf("%.60q, want %.60q", a[from:], b[from:])
}

// BenchmarkTemplatesRatio renders each page with each engine and with the
// function written by hand, in turns, and reports how many times as long the
// engine took, by the best turn of each: on a machine that does other work too,
// that is the one that was not interrupted.
func BenchmarkTemplatesRatio(b *testing.B) {
	for _, work := range workloads {
		for _, e := range engines {
			b.Run(work.name+"/"+e.name, func(b *testing.B) {
				draw, err := e.prepare(kind(work.name), &work.data)
				if err != nil {
					b.Skip(err)
				}
				var out bytes.Buffer
				var buf []byte
				page := func() {
					out.Reset()
					if err := draw(&out); err != nil {
						b.Fatal(err)
					}
				}
				hand := func() { buf = work.hand(buf[:0], &work.data) }
				page()
				hand()
				allocs := testing.AllocsPerRun(10, page)
				spent, byHand := newTurn(page), newTurn(hand)
				for b.Loop() {
					spent.run()
					byHand.run()
				}
				b.ReportMetric(spent.best/byHand.best, "×hand")
				b.ReportMetric(spent.best, "ns/page")
				b.ReportMetric(allocs, "allocs/page")
				b.ReportMetric(0, "ns/op")
			})
		}
		b.Run(work.name+"/python-jinja2", func(b *testing.B) { benchPython(b, kind(work.name), &work.data, work.hand) })
	}
}

// turn is a function that is run so many times in a row that the clock shows it.
type turn struct {
	f    func()
	n    int
	best float64 // nanoseconds per run
}

func newTurn(f func()) *turn {
	t := &turn{f: f, n: 1}
	for t.best = 1e18; ; t.n *= 2 {
		if t.run(); t.best*float64(t.n) > 50_000 {
			return t
		}
	}
}

func (t *turn) run() {
	began := time.Now()
	for range t.n {
		t.f()
	}
	t.best = min(t.best, float64(time.Since(began).Nanoseconds())/float64(t.n))
}

const pythonScript = `
import json, sys, time, jinja2
job = json.load(sys.stdin)
env = jinja2.Environment(loader=jinja2.DictLoader(job["templates"]), autoescape=True)
env.globals["url_for"] = lambda endpoint, name=None: "/" + endpoint if name is None else "/%s/%s" % (endpoint, name)
t = env.get_template(job["name"])
best = 1e9
for _ in range(5):
    n, began = 0, time.perf_counter()
    while time.perf_counter() - began < 0.1:
        page = t.render(job["data"]); n += 1
    best = min(best, (time.perf_counter() - began) / n)
print(int(best * 1e9))
`

// benchPython asks Python's own Jinja2, where it is installed.
func benchPython(b *testing.B, kind string, d *data, hand func([]byte, *data) []byte) {
	job, err := json.Marshal(map[string]any{"templates": jinjaSources, "name": kind + ".html", "data": d.maps(kind)})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", pythonScript)
	cmd.Stdin = bytes.NewReader(job)
	out, err := cmd.Output()
	if err != nil {
		b.Skip("Python's Jinja2 is not installed: ", err)
	}
	ns, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	byHand := newTurn(func() { buf = hand(buf[:0], d) })
	for b.Loop() {
		byHand.run()
	}
	b.ReportMetric(float64(ns)/byHand.best, "×hand")
	b.ReportMetric(float64(ns), "ns/page")
	b.ReportMetric(0, "ns/op")
}
