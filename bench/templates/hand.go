// Package templates compares template engines on the same pages in one process:
// run its benchmarks with `make bench`.
package templates

import (
	"strconv"
	"strings"

	"github.com/retort-go/retort/bench/templates/site"
)

// The functions that a careful person would write by hand: they append to one
// buffer and escape as Jinja does.

var entity = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;"}

func escape(dst []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		if e := entity[s[i]]; e != "" {
			dst = append(append(dst, s[from:i]...), e...)
			from = i + 1
		}
	}
	return append(dst, s[from:]...)
}

func handFortunes(dst []byte, fortunes []site.Fortune) []byte {
	dst = append(dst, `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>`...)
	for i := range fortunes {
		dst = strconv.AppendInt(append(dst, "<tr><td>"...), int64(fortunes[i].ID), 10)
		dst = escape(append(dst, "</td><td>"...), fortunes[i].Message)
		dst = append(dst, "</td></tr>"...)
	}
	return append(dst, "</table></body></html>"...)
}

func handTable(dst []byte, rows []site.Row) []byte {
	dst = append(dst, "<table>"...)
	for i := range rows {
		r := &rows[i]
		dst = strconv.AppendInt(append(dst, "<tr><td>"...), int64(r.ID), 10)
		dst = escape(append(dst, "</td><td>"...), r.Name)
		dst = escape(append(dst, "</td><td>"...), r.Email)
		dst = strconv.AppendInt(append(dst, "</td><td>"...), int64(r.Visits), 10)
		dst = append(dst, "</td></tr>"...)
	}
	return append(dst, "</table>"...)
}

func handPage(dst []byte, p *site.Page) []byte {
	dst = append(dst, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>"...)
	dst = strconv.AppendInt(dst, int64(len(p.Posts)), 10)
	dst = escape(append(dst, " posts - "...), p.SiteName)
	dst = escape(append(dst, "</title>\n<link rel=\"stylesheet\" href=\""...), site.URLFor("static", "site.css"))
	dst = append(dst, "\">\n</head>\n<body>\n<nav><ul>\n"...)
	for i := range p.Nav {
		dst = append(dst, "<li"...)
		if c := site.Class(i, len(p.Nav)); c != "" {
			dst = append(append(append(dst, ` class="`...), c...), '"')
		}
		dst = escape(append(dst, `><a href="`...), site.URLFor(p.Nav[i].Endpoint, ""))
		dst = escape(append(dst, `">`...), p.Nav[i].Label)
		dst = append(dst, "</a></li>\n"...)
	}
	dst = append(dst, "</ul>\n"...)
	if p.User != nil {
		dst = escape(append(dst, "<span>"...), site.Title(p.User.Name))
		if p.User.Admin {
			dst = append(dst, " (admin)"...)
		}
		dst = append(dst, "</span>"...)
	} else {
		dst = escape(append(dst, `<a href="`...), site.URLFor("login", ""))
		dst = append(dst, `">Log in</a>`...)
	}
	dst = append(dst, "\n</nav>\n"...)
	for _, m := range p.Flashes {
		dst = escape(append(dst, `<p class="flash">`...), m)
		dst = append(dst, "</p>\n"...)
	}
	dst = escape(append(dst, "<main>\n<div class=\"wrap\">\n<h1>"...), site.Capitalize(p.SiteName))
	dst = append(dst, "</h1>\n"...)
	for i := range p.Posts {
		dst = handPost(dst, &p.Posts[i], i)
	}
	dst = handPager(dst, p.Page, p.Pages)
	dst = escape(append(dst, "\n</div>\n</main>\n<footer>&copy; "...), strings.ToUpper(p.SiteName))
	return append(dst, " - all rights reserved</footer>\n</body>\n</html>"...)
}

func handPost(dst []byte, post *site.Post, i int) []byte {
	dst = strconv.AppendInt(append(dst, `<article id="post-`...), int64(post.ID), 10)
	dst = append(append(dst, `" class="`...), site.Cycle(i)...)
	dst = strconv.AppendInt(append(dst, "\">\n<h2>"...), int64(i+1), 10)
	dst = escape(append(dst, `. <a href="`...), site.URLFor("post", strconv.Itoa(post.ID)))
	dst = escape(append(dst, `">`...), site.OrUntitled(post.Title))
	dst = escape(append(dst, "</a></h2>\n<p class=\"by\">by "...), site.Title(post.Author.Name))
	if post.Author.Admin {
		dst = append(dst, " *"...)
	}
	dst = strconv.AppendFloat(append(dst, ", score "...), post.Score, 'f', 1, 64)
	dst = escape(append(dst, "</p>\n<p>"...), site.Truncate(post.Body, 80))
	dst = append(dst, "</p>\n<p class=\"tags\">"...)
	for j, t := range post.Tags {
		dst = strconv.AppendInt(append(dst, `<a class="tag tag-`...), int64(j+1), 10)
		dst = escape(append(dst, `" href="`...), site.URLFor("tag", t))
		dst = escape(append(dst, `">`...), strings.ToLower(t))
		dst = append(dst, "</a>"...)
		if j < len(post.Tags)-1 {
			dst = append(dst, ", "...)
		}
	}
	if len(post.Tags) == 0 {
		dst = append(dst, "no tags"...)
	}
	dst = strconv.AppendInt(append(dst, "</p>\n<p>"...), int64(post.Comments), 10)
	dst = append(dst, " comment"...)
	if post.Comments != 1 {
		dst = append(dst, 's')
	}
	dst = append(dst, "; "...)
	for j, t := range post.Tags {
		if j > 0 {
			dst = append(dst, " / "...)
		}
		dst = escape(dst, t)
	}
	return append(dst, "</p>\n</article>\n"...)
}

func handPager(dst []byte, page, pages int) []byte {
	dst = append(dst, `<div class="pager">`...)
	if page > 1 {
		dst = strconv.AppendInt(append(dst, `<a href="?page=`...), int64(page-1), 10)
		dst = append(dst, `">Previous</a>`...)
	}
	dst = strconv.AppendInt(append(dst, "<b>"...), int64(page), 10)
	dst = strconv.AppendInt(append(dst, "</b> of "...), int64(pages), 10)
	if page < pages {
		dst = strconv.AppendInt(append(dst, `<a href="?page=`...), int64(page+1), 10)
		dst = append(dst, `">Next</a>`...)
	}
	return append(dst, "</div>"...)
}
