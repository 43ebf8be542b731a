package route_test

import (
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/retort-go/retort/route"
)

func Example() {
	m := route.New(route.Options{})
	for _, r := range []route.Rule{
		{Path: "/", Endpoint: "index", Methods: []string{"GET"}},
		{Path: "/post/<int:id>", Endpoint: "post", Methods: []string{"GET"}},
		{Path: "/post/<int:id>", Endpoint: "edit", Methods: []string{"PUT"}},
		{Path: "/wiki/<path:page>/", Endpoint: "wiki"},
	} {
		if err := m.Add(r); err != nil {
			log.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		log.Fatal(err)
	}

	var match route.Match
	for _, path := range []string{"/post/42", "/wiki/a/b", "/nothing"} {
		switch m.Match(route.Request{Method: "GET", Path: path}, &match) {
		case route.Found:
			id, _ := match.Param("id")
			fmt.Println(path, "is", match.Rule.Endpoint, id.Value())
		case route.Redirect:
			fmt.Println(path, "goes to", match.Location())
		case route.NotFound:
			fmt.Println(path, "is not found")
		}
	}
	if m.Match(route.Request{Method: "DELETE", Path: "/post/42"}, &match) == route.MethodNotAllowed {
		fmt.Println("allowed:", match.Allow())
	}
	// Output:
	// /post/42 is post 42
	// /wiki/a/b goes to /wiki/a/b/
	// /nothing is not found
	// allowed: [GET HEAD PUT]
}

func ExampleMap_Build() {
	m := route.New(route.Options{})
	for _, r := range []route.Rule{
		{Path: "/archive/", Endpoint: "archive", Defaults: map[string]any{"page": 1}},
		{Path: "/archive/<int:page>", Endpoint: "archive"},
	} {
		if err := m.Add(r); err != nil {
			log.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		log.Fatal(err)
	}

	for _, page := range []int{1, 2} {
		url, err := m.Build("archive", route.Values{{Name: "page", Value: page}, {Name: "q", Value: "a b"}}, route.BuildOptions{Anchor: "top"})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(url)
	}
	_, err := m.Build("archives", nil, route.BuildOptions{})
	fmt.Println(err)
	// Output:
	// /archive/?q=a+b#top
	// /archive/2?q=a+b#top
	// Could not build url for endpoint 'archives'. Did you mean 'archive' instead?
}

// A converter makes a value of its own out of a part of the path, and text out
// of the value again.
func ExampleMap_Converter() {
	m := route.New(route.Options{})
	m.Converter("list", route.Converter{
		Regexp: `[a-z]+(\+[a-z]+)*`,
		Parse:  func(text string) (any, error) { return strings.Split(text, "+"), nil },
		Format: func(value any) (string, error) {
			list, ok := value.([]string)
			if !ok || len(list) == 0 {
				return "", errors.New("want a list of tags")
			}
			return strings.Join(list, "+"), nil
		},
	})
	if err := m.Add(route.Rule{Path: "/tagged/<list:tags>", Endpoint: "tagged"}); err != nil {
		log.Fatal(err)
	}
	if err := m.Compile(); err != nil {
		log.Fatal(err)
	}

	var match route.Match
	m.Match(route.Request{Method: "GET", Path: "/tagged/go+web"}, &match)
	tags, _ := match.Param("tags")
	fmt.Printf("%q\n", tags.Value())
	fmt.Println(m.Build("tagged", route.Values{{Name: "tags", Value: []string{"a", "b"}}}, route.BuildOptions{}))
	// Output:
	// ["go" "web"]
	// /tagged/a+b <nil>
}

// Converters with arguments are made by the rule that gives them.
func ExampleConverter_withArgs() {
	m := route.New(route.Options{})
	m.Converter("regex", route.Converter{WithArgs: func(args route.Args) (route.Converter, error) {
		if len(args.Positional) != 1 {
			return route.Converter{}, errors.New(`regex takes one expression; write regex("[a-z]+")`)
		}
		expression, _ := args.Positional[0].(string)
		return route.Converter{Regexp: expression}, nil
	}})
	fmt.Println(m.Add(route.Rule{Path: `/<regex("[A-Z]{3}"):code>`}))
	fmt.Println(m.Add(route.Rule{Path: `/<regex:code>`}))
	// Output:
	// <nil>
	// route: rule "/<regex:code>": <regex:code>: regex takes one expression; write regex("[a-z]+")
}

func ExampleRule_redirectTo() {
	m := route.New(route.Options{})
	if err := m.Add(route.Rule{Path: "/blog/<int:id>", RedirectTo: "/post/<id>"}); err != nil {
		log.Fatal(err)
	}
	if err := m.Compile(); err != nil {
		log.Fatal(err)
	}
	var match route.Match
	fmt.Println(m.Match(route.Request{Method: "GET", Path: "/blog/7"}, &match), match.Location())
	// Output: Redirect /post/7
}

func ExampleMap_Rules() {
	m := route.New(route.Options{})
	if err := m.Add(route.Rule{Path: "/user/<name>/<any(posts,likes):tab>", Endpoint: "user", Methods: []string{"GET"}}); err != nil {
		log.Fatal(err)
	}
	for r := range m.Rules() {
		fmt.Println(r.Endpoint, r.Methods, r.Path)
		for _, v := range r.Variables() {
			fmt.Println(" ", v.Name, v.Converter, v.Args.Positional)
		}
	}
	// Output:
	// user [GET HEAD] /user/<name>/<any(posts,likes):tab>
	//   name default []
	//   tab any [posts likes]
}
