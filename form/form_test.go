package form_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/form"
)

type tag struct {
	Name form.Field[string]
}

func newTag() tag { return tag{form.Text("Tag", form.Required[string](), form.Length(2, 10))} }

type address struct {
	Street form.Field[string]
}

type signup struct {
	Name     form.Field[string]
	Password form.Field[string]
	Again    form.Field[string] `form:"password_again"`
	Age      form.Field[int]
	Height   form.Field[float64]
	Born     form.Field[time.Time]
	Terms    form.Field[bool]
	Colour   form.Field[string]
	Sports   form.Field[[]string]
	Mail     form.Field[string]
	Photo    form.Field[*form.Upload]
	Home     address
	Tags     form.List[tag]
	Internal string // no field
}

func (s *signup) Check() {
	if s.Password.Value != s.Again.Value {
		s.Again.Fail("The passwords differ.")
	}
}

var colours = []form.Choice{{Value: "r", Label: "Red"}, {Value: "g", Label: "Green"}}

func newSignup() *signup {
	return &signup{
		Name:     form.Text("Name", form.Required[string](), form.Length(2, 20), form.Pattern("[a-z ]+", "Small letters only.")),
		Password: form.Password("Password", form.Required[string]()),
		Again:    form.Password("Again"),
		Age:      form.Integer("Age", form.Range(18, 120)).With(30),
		Height:   form.Decimal("Height"),
		Born:     form.Date("Born"),
		Terms:    form.Boolean("Terms", form.Required[bool]()),
		Colour:   form.Select("Colour", colours),
		Sports:   form.SelectMultiple("Sports", colours),
		Mail:     form.EmailField("Mail"),
		Photo:    form.File("Photo", form.FileTypes("png"), form.FileSize(10)),
		Home:     address{form.Text("Street")},
		Tags:     form.ListOf(0, 2, newTag),
	}
}

func good() url.Values {
	return url.Values{"name": {" ann "}, "password": {" p "}, "password_again": {" p "}, "age": {"42"}, "height": {"1.5"}, "born": {"2000-02-29"},
		"terms": {"on"}, "colour": {"g"}, "sports": {"r", "g"}, "mail": {"a@example.com"}, "home-street": {"x"}, "tags-0-name": {"one"}, "tags-1-name": {"two"}}
}

func TestRead(t *testing.T) {
	s := newSignup()
	if !form.Read(s, good(), map[string][]form.Upload{"photo": {{Name: "a.PNG", Size: 5}}}) {
		t.Fatalf("refused: %+v", s)
	}
	if s.Name.Value != "ann" || s.Password.Value != " p " || s.Age.Value != 42 || s.Height.Value != 1.5 || s.Born.Value.Format("2 Jan 2006") != "29 Feb 2000" ||
		!s.Terms.Value || s.Colour.Value != "g" || !slices.Equal(s.Sports.Value, []string{"r", "g"}) || s.Home.Street.Value != "x" ||
		len(s.Tags.Items) != 2 || s.Tags.Items[1].Name.Value != "two" || s.Photo.Value.Name != "a.PNG" {
		t.Errorf("got %+v", s)
	}
	if !s.Colour.Choices[1].Selected || s.Colour.Choices[0].Selected || colours[1].Selected {
		t.Errorf("choices: %+v, shared: %+v", s.Colour.Choices, colours)
	}
}

func TestWrong(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        func(*signup) []string
		message     string
	}{
		{"name", "", func(s *signup) []string { return s.Name.Errors }, "has to be filled in"},
		{"name", "   ", func(s *signup) []string { return s.Name.Errors }, "has to be filled in"},
		{"name", "x", func(s *signup) []string { return s.Name.Errors }, "at least 2"},
		{"name", strings.Repeat("x", 21), func(s *signup) []string { return s.Name.Errors }, "at most 20"},
		{"name", "ANN", func(s *signup) []string { return s.Name.Errors }, "Small letters"},
		{"age", "17", func(s *signup) []string { return s.Age.Errors }, "between 18 and 120"},
		{"age", "many", func(s *signup) []string { return s.Age.Errors }, "whole number"},
		{"height", "NaN", func(s *signup) []string { return s.Height.Errors }, "number"},
		{"height", "1e999", func(s *signup) []string { return s.Height.Errors }, "number"},
		{"born", "2001-02-29", func(s *signup) []string { return s.Born.Errors }, "date"},
		{"terms", "", func(s *signup) []string { return s.Terms.Errors }, "ticked"},
		{"colour", "b", func(s *signup) []string { return s.Colour.Errors }, "choices"},
		{"sports", "b", func(s *signup) []string { return s.Sports.Errors }, "choices"},
		{"mail", "Ann <a@example.com>", func(s *signup) []string { return s.Mail.Errors }, "e-mail"},
		{"password_again", "q", func(s *signup) []string { return s.Again.Errors }, "differ"},
		{"tags-1-name", "x", func(s *signup) []string { return s.Tags.Items[1].Name.Errors }, "at least 2"},
		{"tags-2-name", "three", func(s *signup) []string { return s.Tags.Errors }, "at most 2"},
	} {
		s := newSignup()
		values := good()
		values.Set(tt.name, tt.value)
		ok := form.Read(s, values, nil)
		if got := fmt.Sprint(tt.want(s)); ok || !strings.Contains(got, tt.message) {
			t.Errorf("%s=%q: ok %v, errors %s, want %q", tt.name, tt.value, ok, got, tt.message)
		}
	}
	s := newSignup()
	if form.Read(s, good(), map[string][]form.Upload{"photo": {{Name: "a.exe", Size: 50}}}) || len(s.Photo.Errors) != 2 {
		t.Errorf("a file of another kind and size: %q", s.Photo.Errors)
	}
}

// What was typed is shown again, but for passwords.
func TestShow(t *testing.T) {
	s := newSignup()
	form.Setup(s)
	if s.Age.Text != "30" || s.Age.Name != "age" || s.Home.Street.Name != "home-street" || s.Age.Attrs["min"] != "18" || !s.Name.Required {
		t.Errorf("before: %+v %+v", s.Age.Input, s.Home.Street.Input)
	}
	values := good()
	values.Set("age", "abc")
	values.Set("name", "<b>")
	form.Read(s, values, nil)
	if s.Age.Text != "abc" || s.Name.Text != "<b>" || s.Password.Text != "" {
		t.Errorf("after: age %q, name %q, password %q", s.Age.Text, s.Name.Text, s.Password.Text)
	}
}

// Indices are counted, not believed, and depth is bounded.
func TestHostileNames(t *testing.T) {
	values := good()
	for _, name := range []string{"tags-999999999-name", "tags--1-name", "tags-00-name", "tags-0", "tags-", "-", "home-", strings.Repeat("tags-0-", 1000) + "name"} {
		values.Set(name, "x")
	}
	s := newSignup()
	if !form.Read(s, values, nil) || len(s.Tags.Items) != 2 {
		t.Errorf("got %d items, errors %q", len(s.Tags.Items), s.Tags.Errors)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(good().Encode())
	f.Add("tags-0-name=a&tags-1-name=b&age=-1&born=9999-99-99&sports=r&sports=r")
	f.Fuzz(func(_ *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		form.Read(newSignup(), values, nil)
	})
}

func Example() {
	type note struct {
		Title form.Field[string]
		Stars form.Field[int]
	}
	n := &note{
		Title: form.Text("Title", form.Required[string](), form.Length(1, 200)),
		Stars: form.Integer("Stars", form.Range(1, 5)),
	}
	ok := form.Read(n, url.Values{"title": {"Milk"}, "stars": {"9"}}, nil)
	fmt.Println(ok, n.Title.Value, n.Stars.Errors)
	// Output: false Milk [This has to be between 1 and 5.]
}

// order has a rule about its list, which no line of it can see.
type order struct{ Lines form.List[line] }

type line struct{ Article form.Field[string] }

func (o *order) Check() {
	if len(o.Lines.Items) > 1 && o.Lines.Items[0].Article.Value == o.Lines.Items[1].Article.Value {
		o.Lines.Errors = append(o.Lines.Errors, "One article stands there twice.")
	}
}

func TestValid(t *testing.T) {
	read := func(values url.Values) (*order, bool) {
		o := &order{form.ListOf(1, 3, func() line { return line{form.Text("Article", form.Required[string]())} })}
		return o, form.Read(o, values, nil)
	}
	for _, tt := range []struct {
		values url.Values
		want   bool
	}{
		{url.Values{"lines-0-article": {"a"}, "lines-1-article": {"b"}}, true},
		{url.Values{"lines-0-article": {"a"}, "lines-1-article": {""}}, false},
		{url.Values{"lines-0-article": {"a"}, "lines-1-article": {"a"}}, false},
		{nil, false},
	} {
		if o, ok := read(tt.values); ok != tt.want || form.Valid(o) != tt.want {
			t.Errorf("%v: Read says %t, Valid %t, want %t", tt.values, ok, form.Valid(o), tt.want)
		}
	}
	o, _ := read(url.Values{"lines-0-article": {"a"}})
	if o.Lines.Items[0].Article.Fail("There is none left."); form.Valid(o) {
		t.Error("a fault found after Read is none")
	}
}

// trip is a form with parts in parts, each with a rule of its own.
type trip struct {
	checked *[]string
	Name    form.Field[string]
	Legs    form.List[leg]
	Payment payment
}

type leg struct {
	checked *[]string
	To      form.Field[string]
	Hotel   struct{ Stars form.Field[int] }
}

type payment struct {
	checked *[]string
	IBAN    form.Field[string]
}

func (f *trip) Check()    { *f.checked = append(*f.checked, "trip") }
func (f *leg) Check()     { *f.checked = append(*f.checked, "leg "+f.To.Value) }
func (f *payment) Check() { *f.checked = append(*f.checked, "payment"); f.fail() }

func (f *payment) fail() {
	if f.IBAN.Value == "empty account" {
		f.IBAN.Fail("It is empty.")
	}
}

// Rules across fields are asked from the inside out, of parts in which nothing is
// wrong yet.
func TestChecksInOrder(t *testing.T) {
	for _, tt := range []struct {
		name, to, stars, iban, want string
		ok                          bool
	}{
		{"n", "rome", "3", "DE1", "leg bern, leg rome, payment, trip", true},
		{"n", "", "3", "DE1", "leg bern, payment", false},
		{"n", "rome", "9", "DE1", "leg bern, payment", false},
		{"", "rome", "3", "DE1", "leg bern, leg rome, payment", false},
		{"n", "rome", "3", "", "leg bern, leg rome", false},
		{"n", "rome", "3", "empty account", "leg bern, leg rome, payment", false},
	} {
		var checked []string
		f := &trip{checked: &checked, Name: form.Text("Name", form.Required[string]()),
			Legs: form.ListOf(1, 3, func() leg {
				l := leg{checked: &checked, To: form.Text("To", form.Required[string]())}
				l.Hotel.Stars = form.Integer("Stars", form.Range(1, 5))
				return l
			}),
			Payment: payment{&checked, form.Text("IBAN", form.Required[string]())}}
		ok := form.Read(f, url.Values{"name": {tt.name}, "legs-0-to": {"bern"}, "legs-1-to": {tt.to}, "legs-1-hotel-stars": {tt.stars}, "payment-iban": {tt.iban}}, nil)
		if got := strings.Join(checked, ", "); got != tt.want || ok != tt.ok || form.Valid(f) != tt.ok {
			t.Errorf("%+v: checked %s, %t", tt, got, ok)
		}
		if f.Legs.Items[1].Hotel.Stars.Name != "legs-1-hotel-stars" {
			t.Errorf("a field within the list is called %s", f.Legs.Items[1].Hotel.Stars.Name)
		}
	}
}

// A list that must have items begins with them, so that the page can show them.
func TestListBegins(t *testing.T) {
	f := &struct{ Tags form.List[tag] }{form.ListOf(2, 3, newTag)}
	form.Setup(f)
	if len(f.Tags.Items) != 2 || f.Tags.Items[1].Name.Name != "tags-1-name" {
		t.Fatalf("got %+v", f.Tags.Items)
	}
	f.Tags.Items[0].Name.Text = "kept"
	if form.Setup(f); len(f.Tags.Items) != 2 || f.Tags.Items[1].Name.Name != "tags-1-name" {
		t.Errorf("set up again: %+v", f.Tags.Items)
	}
	for name, bounds := range map[string][2]int{"below 0": {-1, 1}, "the wrong way round": {2, 1}, "without bounds": {0, 1001}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was made")
				}
			}()
			form.ListOf(bounds[0], bounds[1], newTag)
		})
	}
	form.ListOf(1, 1, newTag)
	form.ListOf(0, 1000, newTag)
}

// What is no form is a mistake in the program.
func TestNoForm(t *testing.T) {
	for name, f := range map[string]any{"a struct": tag{}, "a pointer to none": new(int), "nothing": nil} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "is no form") {
					t.Errorf("got %q", text)
				}
			}()
			form.Setup(f)
		})
	}
}

// Messages are looked up before what they are about is put into them.
func TestMessages(t *testing.T) {
	german := map[string]string{
		"This has to be filled in.":                 "Bitte ausfüllen.",
		"This can have at most %d characters.":      "Höchstens %d Zeichen.",
		"This has to be between %v and %v.":         "Von %v bis %v.",
		"This has to be a whole number.":            "Bitte eine ganze Zahl.",
		"Files of this kind are not taken; use %s.": "Bitte nur %s.",
		"There must be at least %d.":                "Mindestens %d.",
		"100% wool only.":                           "Nur 100% Wolle.",
	}
	translate := func(message string) string { return cmp.Or(german[message], message) }
	wool := form.Must("100% wool only.", func(s string) bool { return s == "wool" })
	f := &struct {
		Empty, Long, Must, Own, OwnEmpty form.Field[string]
		Number, Range                    form.Field[int]
		File                             form.Field[*form.Upload]
		Lines                            form.List[line]
	}{
		Empty: form.Text("", form.Required[string]()), Long: form.Text("", form.Length(0, 2)), Must: form.Text("", wool),
		Own: form.Text("", form.Length(3, 4).Saying("3%, please.")), OwnEmpty: form.Text("", form.Required[string]().Saying("Missing.")),
		Number: form.Integer(""), Range: form.Integer("", form.Range(1, 5)), File: form.File("", form.FileTypes("png", "gif")),
		Lines: form.ListOf(1, 2, func() line { return line{} }),
	}
	form.ReadIn(translate, f, url.Values{"long": {"abc"}, "must": {"silk"}, "own": {"a"}, "number": {"x"}, "range": {"6"}},
		map[string][]form.Upload{"file": {{Name: "a.exe", Size: 1}}})
	for _, tt := range []struct {
		got  []string
		want string
	}{
		{f.Empty.Errors, "Bitte ausfüllen."}, {f.Long.Errors, "Höchstens 2 Zeichen."}, {f.Must.Errors, "Nur 100% Wolle."},
		{f.Own.Errors, "3%, please."}, {f.OwnEmpty.Errors, "Missing."}, {f.Number.Errors, "Bitte eine ganze Zahl."},
		{f.Range.Errors, "Von 1 bis 5."}, {f.File.Errors, "Bitte nur png, gif."}, {f.Lines.Errors, "Mindestens 1."},
	} {
		if len(tt.got) != 1 || tt.got[0] != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

// Translators find all messages in the documentation.
func TestMessagesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/howto/translate.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && regexp.MustCompile(`^"[A-Z].*\."$`).MatchString(text.Value) {
				if found++; !strings.Contains(string(doc), "msgid "+text.Value+"\n") {
					t.Errorf("%s: %s is not in docs/howto/translate.md", name, text.Value)
				}
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("%d messages; there were more", found)
	}
}
