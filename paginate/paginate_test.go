package paginate_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/paginate"
	"github.com/retort-go/retort/retorttest"
)

// newApp lists the numbers below total.
func newApp(total int) *retort.App {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler), ApplicationRoot: "/app",
		Templates: fstest.MapFS{"list.html": {Data: []byte(
			`{% from "retort/pagination.html" import pagination %}{{ page.items|join(",") }} of {{ page.total }}|{{ pagination(page) }}`)}}})
	app.Get("/list/<name>", func(c *retort.Ctx) error {
		p, err := paginate.Read(c, 10)
		if err != nil {
			return err
		}
		var items []int
		for n := p.Offset(); n < min(total, p.Offset()+p.Limit()); n++ {
			items = append(items, n)
		}
		page, err := p.Page(items, total)
		if err != nil {
			return err
		}
		page.SetLinks(c)
		return c.Render("list.html", retort.Map{"page": page})
	}).Named("list")
	return app
}

func TestPages(t *testing.T) {
	for _, tt := range []struct {
		total       int
		query, want string
		links       string
		header      string
	}{
		{25, "", "0,1,2,3,4,5,6,7,8,9 of 25", "1* 2 3 >", `</app/list/x?page=2>; rel="next", </app/list/x?page=3>; rel="last"`},
		{25, "?page=3", "20,21,22,23,24 of 25", "< 1 2 3*", `</app/list/x?page=1>; rel="first", </app/list/x?page=2>; rel="prev"`},
		{5, "", "0,1,2,3,4 of 5", "", ""},
		{0, "", " of 0", "", ""},
		{6, "?per_page=2&page=2&q=a%26b", "2,3 of 6", "< 1 2* 3 >", `</app/list/x?page=1&per_page=2&q=a%26b>; rel="first", ` +
			`</app/list/x?page=1&per_page=2&q=a%26b>; rel="prev", </app/list/x?page=3&per_page=2&q=a%26b>; rel="next", </app/list/x?page=3&per_page=2&q=a%26b>; rel="last"`},
		{200, "?page=10", "90,91,92,93,94,95,96,97,98,99 of 200", "< 1 2 … 8 9 10* 11 12 13 14 … 19 20 >", "-"},
		{200, "?per_page=2000", "", "1* 2 >", `</app/list/x?page=2&per_page=2000>; rel="next", </app/list/x?page=2&per_page=2000>; rel="last"`},
	} {
		r := retorttest.New(t, newApp(tt.total)).Get("/app/list/x" + tt.query)
		shown, nav, _ := strings.Cut(r.Body, "|")
		if r.Status != 200 || tt.want != "" && shown != tt.want || brief(nav) != tt.links {
			t.Errorf("%d, %s: got %d %q with links %q, want %q with %q", tt.total, tt.query, r.Status, shown, brief(nav), tt.want, tt.links)
		}
		if got := r.Header.Get("Link"); tt.header != "-" && got != tt.header {
			t.Errorf("%d, %s: Link is %s, want %s", tt.total, tt.query, got, tt.header)
		}
	}
}

// brief shows the links of a page in a line.
func brief(nav string) string {
	var words []string
	for item := range strings.SplitSeq(nav, "<li>") {
		switch text, _, _ := strings.Cut(item[strings.IndexByte(item, '>')+1:], "<"); {
		case strings.HasPrefix(item, "…"):
			words = append(words, "…")
		case text == "‹":
			words = append(words, "<")
		case text == "›":
			words = append(words, ">")
		case strings.Contains(item, "aria-current"):
			words = append(words, text+"*")
		case text != "":
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

func TestNoSuchPage(t *testing.T) {
	client := retorttest.New(t, newApp(25))
	for _, query := range []string{"page=0", "page=-1", "page=x", "page=4", "page=99999999999999999999", "per_page=0", "page=1e3"} {
		if r := client.Get("/app/list/x?" + query); r.Status != 404 {
			t.Errorf("%s: got %d, want 404", query, r.Status)
		}
	}
}

func ExampleRead() {
	app := retort.New(retort.Config{Debug: true})
	app.Get("/", func(c *retort.Ctx) error {
		p, err := paginate.Read(c, 20)
		if err != nil {
			return err
		}
		page, err := p.Page([]string{"the rest"}, 41)
		if err != nil {
			return err
		}
		fmt.Println(p.Limit(), p.Offset(), page.Pages, page.HasNext(), page.Prev())
		return c.NoContent()
	}).Named("index")
	retorttest.New(&testing.T{}, app).Get("/?page=3&sort=age")
	// Output: 20 40 3 false /?page=2&sort=age
}
