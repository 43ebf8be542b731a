// Package paginate shows long lists page by page: the number from the query, the
// part of the list, and the links around it, in templates and as a Link header.
//
//	p, err := paginate.Read(c, 20)
//	if err != nil {
//		return err
//	}
//	notes, total, err := db.Notes(c.Context(), p.Limit(), p.Offset())
//	if err != nil {
//		return err
//	}
//	page, err := p.Page(notes, total)
//
// In a template: {% from "retort/pagination.html" import pagination %} and
// {{ pagination(page) }}.
package paginate

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/retort-go/retort"
)

// A Position is a page that a request asks for.
type Position struct {
	Number int // from 1
	Size   int // items on a page

	path string
	args url.Values
}

// The names in the query, as Flask-SQLAlchemy has them.
const (
	numberArg = "page"
	sizeArg   = "per_page"
)

const (
	maxSize   = 100     // items, however many are asked for
	maxNumber = 1 << 24 // pages; behind it Offset would run far into what databases skip one by one
)

// Read reads page and per_page of the query; size is how many items a page has if
// the request does not say. More than 100 are not given. A number that is none is
// a 404: there is no such page.
func Read(c *retort.Ctx, size int) (Position, error) {
	p := Position{Number: 1, Size: size, path: c.Request.URL.EscapedPath(), args: c.Args()}
	for name, dst := range map[string]*int{numberArg: &p.Number, sizeArg: &p.Size} {
		text := c.Query(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxNumber {
			return p, retort.Errorf(http.StatusNotFound, "There is no such page.").Because(err)
		}
		*dst = n
	}
	p.Size = min(p.Size, maxSize)
	return p, nil
}

// Limit is how many items to fetch.
func (p Position) Limit() int { return p.Size }

// Offset is how many items stand before them.
func (p Position) Offset() int { return (p.Number - 1) * p.Size }

// Page is the page with its items, of total in the whole list. A page behind the
// last is a 404, but the first may be empty.
func (p Position) Page(items any, total int) (*Page, error) {
	pages := (total + p.Size - 1) / p.Size
	if p.Number > max(1, pages) {
		return nil, retort.Errorf(http.StatusNotFound, "There is no such page.")
	}
	return &Page{Items: items, Number: p.Number, Size: p.Size, Total: total, Pages: pages, position: p}, nil
}

// A Page is a part of a list.
type Page struct {
	Items  any // what Page was given
	Number int // from 1
	Size   int
	Total  int // items in the whole list
	Pages  int

	position Position
}

// HasPrev and HasNext report whether there is a page before and behind this one.
func (p *Page) HasPrev() bool { return p.Number > 1 }

// HasNext reports whether there is a page behind this one.
func (p *Page) HasNext() bool { return p.Number < p.Pages }

// Prev is the URL of the page before this one.
func (p *Page) Prev() string { return p.URL(p.Number - 1) }

// Next is the URL of the page behind this one.
func (p *Page) Next() string { return p.URL(p.Number + 1) }

// URL is the address of another page: this one's, with all else in the query as
// it was.
func (p *Page) URL(number int) string {
	args := url.Values{}
	for name, values := range p.position.args {
		args[name] = values
	}
	args.Set(numberArg, strconv.Itoa(number))
	return p.position.path + "?" + args.Encode()
}

// A Link leads to a page, or stands for those that are left out.
type Link struct {
	Number  int
	URL     string
	Current bool
	Gap     bool // pages are left out here; there is no Number
}

// Links are the pages to choose from: the first and last two, and those around
// this one, as Flask-SQLAlchemy's iter_pages has them.
func (p *Page) Links() []Link {
	var links []Link
	last := 0
	for n := 1; n <= p.Pages; n++ {
		if n > 2 && n < p.Number-2 {
			n = p.Number - 2
		} else if n > p.Number+4 && n < p.Pages-1 {
			n = p.Pages - 1
		}
		if n != last+1 {
			links = append(links, Link{Gap: true})
		}
		links = append(links, Link{Number: n, URL: p.URL(n), Current: n == p.Number})
		last = n
	}
	return links
}

// SetLinks adds the header Link (RFC 8288) to the answer, by which programs find
// the pages around this one.
func (p *Page) SetLinks(c *retort.Ctx) {
	var links []string
	add := func(rel string, number int) { links = append(links, fmt.Sprintf("<%s>; rel=%q", p.URL(number), rel)) }
	if p.HasPrev() {
		add("first", 1)
		add("prev", p.Number-1)
	}
	if p.HasNext() {
		add("next", p.Number+1)
		add("last", p.Pages)
	}
	if len(links) > 0 {
		c.AddHeader("Link", strings.Join(links, ", "))
	}
}
