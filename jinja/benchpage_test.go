package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

// The realistic page: two levels of inheritance, an include, a library of macros, a dozen filters, url_for, loops with loop.*.

type user struct {
	Name  string
	Admin bool
}

type post struct {
	ID       int
	Title    string
	Author   *user
	Body     string
	Tags     []string
	Comments int
	Score    float64
}

type navItem struct{ Endpoint, Label string }

type siteData struct {
	SiteName string
	User     *user
	Nav      []navItem
	Posts    []post
	Page     int
	Pages    int
	Flashes  []string
}

var pageTemplates = map[string]string{
	"base.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{% block title %}{{ site_name }}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}">
</head>
<body>
{% include "nav.html" %}
{% for message in flashes %}<p class="flash">{{ message }}</p>
{% endfor %}<main>
{% block content %}{% endblock %}
</main>
<footer>{% block footer %}&copy; {{ site_name|upper }}{% endblock %}</footer>
</body>
</html>
`,
	"nav.html": `<nav><ul>
{% for item in nav %}<li{% if loop.first %} class="first"{% elif loop.last %} class="last"{% endif %}><a href="{{ url_for(item.endpoint) }}">{{ item.label }}</a></li>
{% endfor %}</ul>
{% if user %}<span>{{ user.name|title }}{% if user.admin %} (admin){% endif %}</span>{% else %}<a href="{{ url_for('login') }}">Log in</a>{% endif %}
</nav>`,
	"macros.html": `{% macro tag(name, size=1) %}<a class="tag tag-{{ size }}" href="{{ url_for('tag', name=name) }}">{{ name|lower }}</a>{% endmacro %}
{% macro pager(page, pages) %}<div class="pager">{% if page > 1 %}<a href="?page={{ page - 1 }}">Previous</a>{% endif %}<b>{{ page }}</b> of {{ pages }}{% if page < pages %}<a href="?page={{ page + 1 }}">Next</a>{% endif %}</div>{% endmacro %}
`,
	"layout.html": `{% extends "base.html" %}
{% block content %}<div class="wrap">
{% block main %}{% endblock %}
</div>{% endblock %}
{% block footer %}{{ super() }} - all rights reserved{% endblock %}
`,
	"page.html": `{% extends "layout.html" %}
{% from "macros.html" import tag, pager %}
{% block title %}{{ posts|length }} posts - {{ super() }}{% endblock %}
{% block main %}<h1>{{ site_name|capitalize }}</h1>
{% for post in posts %}<article id="post-{{ post.id }}" class="{{ loop.cycle('odd', 'even') }}">
<h2>{{ loop.index }}. <a href="{{ url_for('post', id=post.id) }}">{{ post.title|default('Untitled', true) }}</a></h2>
<p class="by">by {{ post.author.name|title }}{% if post.author.admin %} *{% endif %}, score {{ post.score|round(1) }}</p>
<p>{{ post.body|truncate(80) }}</p>
<p class="tags">{% for t in post.tags %}{{ tag(t, loop.index) }}{% if not loop.last %}, {% endif %}{% else %}no tags{% endfor %}</p>
<p>{{ post.comments }} comment{{ '' if post.comments == 1 else 's' }}; {{ post.tags|join(' / ') }}</p>
</article>
{% else %}<p>Nothing yet.</p>
{% endfor %}{{ pager(page, pages) }}{% endblock %}
`,
}

// urlFor is the function of the program that both pages call. A real one is too long to be inlined.
//
//go:noinline
func urlFor(endpoint, arg string) string {
	if arg == "" {
		return "/" + endpoint
	}
	return "/" + endpoint + "/" + arg
}

func pageGlobals() map[string]any {
	return map[string]any{"url_for": func(c *Call) (Value, error) {
		arg := ""
		if len(c.Kwargs) > 0 {
			if v := c.Kwargs[0].Value; v.Kind() == value.KindInt {
				arg = strconv.FormatInt(v.AsInt(), 10)
			} else {
				arg = v.AsString()
			}
		}
		return value.Str(urlFor(c.Args[0].AsString(), arg)), nil
	}}
}

func pageData() *siteData {
	admin := &user{"grace hopper", true}
	authors := []*user{admin, {"ada lovelace", false}, {"alan <turing>", false}}
	s := &siteData{
		SiteName: "field notes", User: admin, Page: 2, Pages: 9, Flashes: []string{"Saved.", "You & I"},
		Nav: []navItem{{"index", "Home"}, {"archive", "Archive"}, {"about", "About us"}, {"contact", "Contact"}},
	}
	for i := range 10 {
		p := post{
			ID: i + 1, Title: fmt.Sprintf("Notes on \"thing\" number %d", i), Author: authors[i%len(authors)],
			Body:     strings.Repeat("Some text that is long enough to be cut somewhere & escaped. ", 3),
			Comments: i % 3, Score: float64(i) * 1.37,
		}
		for j := range i % 4 {
			p.Tags = append(p.Tags, []string{"Go", "Templates", "<Speed>"}[j])
		}
		s.Posts = append(s.Posts, p)
	}
	s.Posts[3].Title = ""
	return s
}

func (u *user) asMap() map[string]any { return map[string]any{"name": u.Name, "admin": u.Admin} }

func pageMaps(s *siteData) map[string]any {
	nav := make([]map[string]any, len(s.Nav))
	for i, n := range s.Nav {
		nav[i] = map[string]any{"endpoint": n.Endpoint, "label": n.Label}
	}
	posts := make([]map[string]any, len(s.Posts))
	for i, p := range s.Posts {
		posts[i] = map[string]any{
			"id": p.ID, "title": p.Title, "author": p.Author.asMap(), "body": p.Body, "tags": p.Tags,
			"comments": p.Comments, "score": p.Score,
		}
	}
	return map[string]any{
		"site_name": s.SiteName, "user": s.User.asMap(), "nav": nav, "posts": posts, "page": s.Page, "pages": s.Pages,
		"flashes": s.Flashes,
	}
}

func handURL(dst []byte, endpoint string, arg string) []byte {
	return value.EscapeString(dst, urlFor(endpoint, arg))
}

// handTitle writes the words of any text with a capital first letter, escaped.
func handTitle(dst []byte, s string) []byte {
	var buf [64]byte
	b := buf[:0]
	first := true
	for _, r := range s {
		switch letter := unicode.IsLetter(r); {
		case letter && first:
			r, first = unicode.ToUpper(r), false
		case letter:
			r = unicode.ToLower(r)
		default:
			first = true
		}
		b = utf8.AppendRune(b, r)
	}
	return value.EscapeString(dst, string(b))
}

// handTruncate cuts a text of more than n+5 characters behind a word.
func handTruncate(dst []byte, s string, n int) []byte {
	if utf8.RuneCountInString(s) <= n+5 {
		return value.EscapeString(dst, s)
	}
	end := 0
	for i := range s {
		if n == 3 {
			end = i
			break
		}
		n--
	}
	if i := strings.LastIndexByte(s[:end], ' '); i >= 0 {
		end = i
	}
	return append(value.EscapeString(dst, s[:end]), "..."...)
}

func handTag(dst []byte, name string, size int) []byte {
	dst = append(dst, `<a class="tag tag-`...)
	dst = strconv.AppendInt(dst, int64(size), 10)
	dst = handURL(append(dst, `" href="`...), "tag", name)
	dst = append(dst, `">`...)
	dst = value.EscapeString(dst, strings.ToLower(name))
	return append(dst, "</a>"...)
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

func handNav(dst []byte, s *siteData) []byte {
	dst = append(dst, "<nav><ul>\n"...)
	for i := range s.Nav {
		n := &s.Nav[i]
		dst = append(dst, "<li"...)
		if i == 0 {
			dst = append(dst, ` class="first"`...)
		} else if i == len(s.Nav)-1 {
			dst = append(dst, ` class="last"`...)
		}
		dst = handURL(append(dst, `><a href="`...), n.Endpoint, "")
		dst = append(dst, `">`...)
		dst = value.EscapeString(dst, n.Label)
		dst = append(dst, "</a></li>\n"...)
	}
	dst = append(dst, "</ul>\n"...)
	if s.User != nil {
		dst = handTitle(append(dst, "<span>"...), s.User.Name)
		if s.User.Admin {
			dst = append(dst, " (admin)"...)
		}
		dst = append(dst, "</span>"...)
	} else {
		dst = handURL(append(dst, `<a href="`...), "login", "")
		dst = append(dst, `">Log in</a>`...)
	}
	return append(dst, "\n</nav>"...)
}

func handPost(dst []byte, p *post, i int) []byte {
	dst = strconv.AppendInt(append(dst, `<article id="post-`...), int64(p.ID), 10)
	dst = append(dst, `" class="`...)
	dst = append(dst, []string{"odd", "even"}[i%2]...)
	dst = strconv.AppendInt(append(dst, "\">\n<h2>"...), int64(i+1), 10)
	dst = handURL(append(dst, `. <a href="`...), "post", strconv.Itoa(p.ID))
	dst = append(dst, `">`...)
	if p.Title != "" {
		dst = value.EscapeString(dst, p.Title)
	} else {
		dst = append(dst, "Untitled"...)
	}
	dst = handTitle(append(dst, "</a></h2>\n<p class=\"by\">by "...), p.Author.Name)
	if p.Author.Admin {
		dst = append(dst, " *"...)
	}
	dst = append(dst, ", score "...)
	dst = strconv.AppendFloat(dst, p.Score, 'f', 1, 64)
	dst = handTruncate(append(dst, "</p>\n<p>"...), p.Body, 80)
	dst = append(dst, "</p>\n<p class=\"tags\">"...)
	for j, t := range p.Tags {
		dst = handTag(dst, t, j+1)
		if j < len(p.Tags)-1 {
			dst = append(dst, ", "...)
		}
	}
	if len(p.Tags) == 0 {
		dst = append(dst, "no tags"...)
	}
	dst = strconv.AppendInt(append(dst, "</p>\n<p>"...), int64(p.Comments), 10)
	dst = append(dst, " comment"...)
	if p.Comments != 1 {
		dst = append(dst, 's')
	}
	dst = append(dst, "; "...)
	for j, t := range p.Tags {
		if j > 0 {
			dst = append(dst, " / "...)
		}
		dst = value.EscapeString(dst, t)
	}
	return append(dst, "</p>\n</article>\n"...)
}

func handPage(dst []byte, s *siteData) []byte {
	dst = append(dst, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>"...)
	dst = strconv.AppendInt(dst, int64(len(s.Posts)), 10)
	dst = value.EscapeString(append(dst, " posts - "...), s.SiteName)
	dst = append(dst, "</title>\n<link rel=\"stylesheet\" href=\""...)
	dst = handURL(dst, "static", "site.css")
	dst = handNav(append(dst, "\">\n</head>\n<body>\n"...), s)
	dst = append(dst, '\n')
	for _, m := range s.Flashes {
		dst = value.EscapeString(append(dst, `<p class="flash">`...), m)
		dst = append(dst, "</p>\n"...)
	}
	dst = append(dst, "<main>\n<div class=\"wrap\">\n<h1>"...)
	dst = value.EscapeString(dst, strings.ToUpper(s.SiteName[:1])+strings.ToLower(s.SiteName[1:]))
	dst = append(dst, "</h1>\n"...)
	for i := range s.Posts {
		dst = handPost(dst, &s.Posts[i], i)
	}
	if len(s.Posts) == 0 {
		dst = append(dst, "<p>Nothing yet.</p>\n"...)
	}
	dst = handPager(dst, s.Page, s.Pages)
	dst = append(dst, "\n</div>\n</main>\n<footer>&copy; "...)
	dst = value.EscapeString(dst, strings.ToUpper(s.SiteName))
	return append(dst, " - all rights reserved</footer>\n</body>\n</html>"...)
}

var clock = time.Now()

func nanotime() int64 { return int64(time.Since(clock)) }
