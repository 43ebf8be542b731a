// Package site is the data of the pages that template engines are compared on,
// and the functions they all call.
package site

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fortune is a row of the fortunes page.
type Fortune struct {
	ID      int
	Message string
}

// Row is a row of the long table.
type Row struct {
	ID     int
	Name   string
	Email  string
	Visits int
}

// User is who is logged in, or an author.
type User struct {
	Name  string
	Admin bool
}

// NavItem is a link of the navigation.
type NavItem struct{ Endpoint, Label string }

// Post is an article on the page.
type Post struct {
	ID       int
	Title    string
	Author   *User
	Body     string
	Tags     []string
	Comments int
	Score    float64
}

// Page is the realistic page's data.
type Page struct {
	SiteName string
	User     *User
	Nav      []NavItem
	Posts    []Post
	Page     int
	Pages    int
	Flashes  []string
}

// Fortunes returns n fortunes.
func Fortunes(n int) []Fortune {
	texts := []string{
		"A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1",
		"After enough decimal places, nobody cares & nobody counts.",
		"Any program that runs right is obsolete.",
		"Computers make very fast, very accurate mistakes.",
		"<script>alert(\"This should not be shown in a box.\");</script>",
		"Feature: a bug with seniority.",
		"フレームワークのベンチマーク",
	}
	out := make([]Fortune, n)
	for i := range out {
		out[i] = Fortune{i + 1, texts[i%len(texts)]}
	}
	return out
}

// Rows returns n rows.
func Rows(n int) []Row {
	out := make([]Row, n)
	for i := range out {
		out[i] = Row{i, "User " + strconv.Itoa(i), fmt.Sprintf("user%d@example.com", i), i * 37 % 1000}
	}
	return out
}

// NewPage returns the page's data.
func NewPage() *Page {
	admin := &User{"grace hopper", true}
	authors := []*User{admin, {"ada lovelace", false}, {"alan <turing>", false}}
	p := &Page{
		SiteName: "field notes", User: admin, Page: 2, Pages: 9, Flashes: []string{"Saved.", "You & I"},
		Nav: []NavItem{{"index", "Home"}, {"archive", "Archive"}, {"about", "About us"}, {"contact", "Contact"}},
	}
	for i := range 10 {
		post := Post{
			ID: i + 1, Title: fmt.Sprintf("Notes on \"thing\" number %d", i), Author: authors[i%len(authors)],
			Body:     strings.Repeat("Some text that is long enough to be cut somewhere & escaped. ", 3),
			Comments: i % 3, Score: float64(i) * 1.37,
		}
		for j := range i % 4 {
			post.Tags = append(post.Tags, []string{"Go", "Templates", "<Speed>"}[j])
		}
		p.Posts = append(p.Posts, post)
	}
	p.Posts[3].Title = ""
	return p
}

// URLFor is the program's function that every engine calls. A real one is too
// long to be inlined.
//
//go:noinline
func URLFor(endpoint, arg string) string {
	if arg == "" {
		return "/" + endpoint
	}
	return "/" + endpoint + "/" + arg
}

// Title is Jinja's title filter, for engines that have none like it. Like the filter it and those below take any text, and
// are quick where it is ASCII.
func Title(s string) string {
	b := []byte(s)
	start := true
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return titleRunes(s)
		}
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if letter && start {
			b[i] = c &^ 0x20
		} else if letter {
			b[i] = c | 0x20
		}
		start = !letter
	}
	return string(b)
}

func titleRunes(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		switch letter := unicode.IsLetter(r); {
		case letter && start:
			start = false
			return unicode.ToTitle(r)
		case letter:
			return unicode.ToLower(r)
		}
		start = true
		return r
	}, s)
}

// Truncate is Jinja's truncate filter: it counts characters.
func Truncate(s string, n int) string {
	if len(s) <= n+5 {
		return s
	}
	cut, count := 0, 0
	for i := range s {
		if count == n-3 {
			cut = i
		}
		if count++; count > n+5 {
			break
		}
	}
	if count <= n+5 {
		return s
	}
	if i := strings.LastIndexByte(s[:cut], ' '); i >= 0 {
		cut = i
	}
	return s[:cut] + "..."
}

// Capitalize is Jinja's capitalize filter.
func Capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if r < utf8.RuneSelf {
		return strings.ToUpper(s[:n]) + strings.ToLower(s[n:])
	}
	return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
}

// Round is Jinja's round filter with one digit.
func Round(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// OrUntitled is Jinja's default filter with an empty text in mind.
func OrUntitled(s string) string {
	if s == "" {
		return "Untitled"
	}
	return s
}

// Class names a navigation item's place.
func Class(i, n int) string {
	switch i {
	case 0:
		return "first"
	case n - 1:
		return "last"
	}
	return ""
}

// Cycle is loop.cycle of two.
func Cycle(i int) string { return [2]string{"odd", "even"}[i%2] }

// Itoa is strconv.Itoa, for templates.
func Itoa(n int) string { return strconv.Itoa(n) }
