package form_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/form"
)

func TestWeek(t *testing.T) {
	for _, tt := range []struct{ text, monday string }{
		{"2026-W48", "2026-11-23"},
		{"2026-W01", "2025-12-29"},
		{"2020-W53", "2020-12-28"},
		{"2021-W53", ""}, // that year has 52
		{"2026-W00", ""},
		{"2026-W54", ""},
		{"2026-W4", ""},
		{"2026W048", ""},
		{"next week", ""},
	} {
		f := struct{ Week form.Field[time.Time] }{form.Week("Week")}
		ok := form.Read(&f, url.Values{"week": {tt.text}}, nil)
		if ok != (tt.monday != "") || ok && f.Week.Value.Format(time.DateOnly) != tt.monday {
			t.Errorf("%s: got %v, %t, want %s", tt.text, f.Week.Value, ok, tt.monday)
		}
		if f.Week.Text != tt.text {
			t.Errorf("%s is shown again as %s", tt.text, f.Week.Text)
		}
		if ok {
			again := struct{ Week form.Field[time.Time] }{form.Week("Week").With(f.Week.Value)}
			if form.Setup(&again); again.Week.Text != tt.text {
				t.Errorf("%v is shown as %s, want %s", f.Week.Value, again.Week.Text, tt.text)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	newForm := func() *struct{ Photos form.Field[[]*form.Upload] } {
		return &struct{ Photos form.Field[[]*form.Upload] }{form.Files("Photos", form.Required[[]*form.Upload](),
			form.Each(form.FileTypes("png"), form.FileSize(10)), form.Must("Two at most.", func(f []*form.Upload) bool { return len(f) <= 2 }))}
	}
	png, big := form.Upload{Name: "a.png", Size: 5}, form.Upload{Name: "b.png", Size: 11}
	for _, tt := range []struct {
		what    string
		uploads []form.Upload
		files   int
		wrong   string
	}{
		{"two", []form.Upload{png, png}, 2, ""},
		{"none", nil, 0, "A file has to be chosen."},
		{"an empty field", []form.Upload{{}}, 0, "A file has to be chosen."},
		{"one too large", []form.Upload{png, big}, 2, "The file can have at most 10 bytes."},
		{"another kind", []form.Upload{{Name: "a.exe", Size: 1}}, 1, "Files of this kind are not taken; use png."},
		{"too many", []form.Upload{png, png, png}, 3, "Two at most."},
	} {
		f := newForm()
		ok := form.Read(f, nil, map[string][]form.Upload{"photos": tt.uploads})
		if ok != (tt.wrong == "") || len(f.Photos.Value) != tt.files || strings.Join(f.Photos.Errors, " ") != tt.wrong {
			t.Errorf("%s: got %d files, %q; want %d, %q", tt.what, len(f.Photos.Value), f.Photos.Errors, tt.files, tt.wrong)
		}
	}
	if f := newForm(); !f.Photos.Multiple || f.Photos.Attrs["accept"] != ".png" {
		t.Errorf("the page is told %+v", f.Photos.Input)
	}
}

func TestSlider(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "10": true, "11": false, "x": false} {
		f := struct{ N form.Field[int] }{form.Slider("N", 0, 10)}
		if got := form.Read(&f, url.Values{"n": {text}}, nil); got != want || f.N.Type != "range" || f.N.Attrs["max"] != "10" {
			t.Errorf("%s: got %t, %+v", text, got, f.N.Input)
		}
	}
}

func TestMoreRules(t *testing.T) {
	for _, tt := range []struct {
		text string
		rule form.Rule[string]
		ok   bool
	}{
		{"00:1b:44:11:3a:b7", form.MACAddress(), true},
		{"00-1B-44-11-3A-B7", form.MACAddress(), true},
		{"00:1b:44:11:3a", form.MACAddress(), false},
		{"02:00:5e:10:00:00:00:01", form.MACAddress(), false},
		{"https://example.com/a?b#c", form.URL(), true},
		{"http://example.com", form.URL(), true},
		{"ftp://example.com", form.URL(), false},
		{"javascript:alert(1)", form.URL(), false},
		{"//example.com", form.URL(), false},
		{"https:///a", form.URL(), false},
		{"https://:443/", form.URL(), false},
		{"https://exa mple.com", form.URL(), false},
		{"a@example.com", form.Email(), true},
		{"a@localhost", form.Email(), false},
		{"a.b@", form.Email(), false},
		{strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".com", form.Email(), true},
		{strings.Repeat("a", 65) + "@" + strings.Repeat("b", 185) + ".com", form.Email(), false},
		{"192.0.2.1", form.IPAddress(), true},
		{"2001:db8::1", form.IPAddress(), true},
		{"192.0.2.256", form.IPAddress(), false},
		{"12345678-1234-5678-1234-56781234567f", form.UUID(), true},
		{"12345678123456781234567812345678", form.UUID(), false},
		{"éé", form.Length(2, 2), true}, // characters, not bytes
		{"é", form.Length(2, 0), false},
		{"ééé", form.Length(0, 2), false},
		{"é", form.Length(0, 0), true},
		{"no", form.MACAddress(), false},
		{"a", form.OneOf("a or b", "a", "b"), true},
		{"c", form.OneOf("a or b", "a", "b"), false},
		{"a", form.NoneOf("not a", "a"), false},
	} {
		f := struct{ X form.Field[string] }{form.Text("X", tt.rule)}
		if got := form.Read(&f, url.Values{"x": {tt.text}}, nil); got != tt.ok {
			t.Errorf("%s: got %t, %q", tt.text, got, f.X.Errors)
		}
	}
}

// A form that begins with several values shows them all as chosen.
func TestSelectMultipleBegins(t *testing.T) {
	f := struct{ Sports form.Field[[]string] }{form.SelectMultiple("Sports", []form.Choice{{Value: "a"}, {Value: "b"}, {Value: "c"}}).With([]string{"a", "c"})}
	form.Setup(&f)
	if c := f.Sports.Choices; !c[0].Selected || c[1].Selected || !c[2].Selected {
		t.Errorf("got %+v", c)
	}
}

func TestColor(t *testing.T) {
	for text, want := range map[string]bool{"#00fF7a": true, "": true, "#fff": false, "red": false, "#00ff7g": false, "#00ff7a; x": false} {
		f := struct{ Ink form.Field[string] }{form.Color("Ink")}
		if ok := form.Read(&f, url.Values{"ink": {text}}, nil); ok != want || ok && f.Ink.Value != text {
			t.Errorf("%q: got %t, %q", text, ok, f.Ink.Value)
		}
	}
}

// What a page is told of a field before anything was sent.
func TestFieldsBegin(t *testing.T) {
	midnight := time.Date(2026, 11, 22, 15, 4, 0, 0, time.UTC)
	f := &struct {
		Text     form.Field[string]
		Word     form.Field[string]
		Password form.Field[string]
		Radio    form.Field[string]
		Count    form.Field[int]
		Amount   form.Field[float64]
		Day      form.Field[time.Time]
		NoDay    form.Field[time.Time]
		Moment   form.Field[time.Time]
		Hour     form.Field[time.Time]
		Month    form.Field[time.Time]
		NoWeek   form.Field[time.Time]
		Yes      form.Field[bool]
		No       form.Field[bool]
		HTMLPage form.Field[string]
	}{
		Text:     form.Text("Text", form.Length(2, 9), form.Required[string]()).Help("Some text.").Attr("autocomplete", "off"),
		Word:     form.Text("Word", form.Pattern("[a-z]+", "Letters.")),
		Password: form.Password("Password").With("secret"),
		Radio:    form.Radio("Radio", []form.Choice{{Value: "a"}, {Value: "b"}}).With("b"),
		Count:    form.Integer("Count").With(5), Amount: form.Decimal("Amount").With(0.5),
		Day: form.Date("Day").With(midnight), NoDay: form.Date("NoDay"), Moment: form.DateTime("Moment").With(midnight),
		Hour: form.Time("Hour").With(midnight), Month: form.Month("Month").With(midnight), NoWeek: form.Week("NoWeek"),
		Yes: form.Boolean("Yes").With(true), No: form.Boolean("No"), HTMLPage: form.Search("HTMLPage"),
	}
	form.Setup(f)
	for _, tt := range []struct {
		field form.Input
		want  string // name, type, text, attributes
	}{
		{f.Text.Input, "text text  map[autocomplete:off maxlength:9 minlength:2]"},
		{f.Word.Input, "word text  map[pattern:[a-z]+]"},
		{f.Password.Input, "password password  map[]"},
		{f.Radio.Input, "radio radio b map[]"},
		{f.Count.Input, "count number 5 map[step:1]"},
		{f.Amount.Input, "amount number 0.5 map[step:any]"},
		{f.Day.Input, "day date 2026-11-22 map[]"},
		{f.NoDay.Input, "no_day date  map[]"},
		{f.Moment.Input, "moment datetime-local 2026-11-22T15:04 map[]"},
		{f.Hour.Input, "hour time 15:04 map[]"},
		{f.Month.Input, "month month 2026-11 map[]"},
		{f.NoWeek.Input, "no_week week  map[]"},
		{f.Yes.Input, "yes checkbox on map[]"},
		{f.No.Input, "no checkbox  map[]"},
		{f.HTMLPage.Input, "html_page search  map[]"},
	} {
		if got := fmt.Sprintf("%s %s %s %v", tt.field.Name, tt.field.Type, tt.field.Text, tt.field.Attrs); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if f.Text.Description != "Some text." || !f.Text.Required || f.Word.Required || f.Radio.Choices[0].Selected || !f.Radio.Choices[1].Selected {
		t.Errorf("got %+v, %+v", f.Text.Input, f.Radio.Input)
	}
}

// Each field says in its own words what it cannot take.
func TestFieldsRefuse(t *testing.T) {
	type sent = []string
	for _, tt := range []struct {
		what string
		form any
		sent sent
		want string // what is wrong; empty for nothing
	}{
		{"a colour", &struct{ X form.Field[string] }{form.Color("")}, sent{"red"}, "This has to be a colour."},
		{"a week", &struct{ X form.Field[time.Time] }{form.Week("")}, sent{"2026-W60"}, "This has to be a week."},
		{"a month", &struct{ X form.Field[time.Time] }{form.Month("")}, sent{"2026-13"}, "This has to be a month."},
		{"an hour", &struct{ X form.Field[time.Time] }{form.Time("")}, sent{"25:00"}, "This has to be a time."},
		{"a moment", &struct{ X form.Field[time.Time] }{form.DateTime("")}, sent{"2026-11-22"}, "This has to be a date and a time."},
		{"a number", &struct{ X form.Field[float64] }{form.Decimal("")}, sent{"1,5"}, "This has to be a number."},
		{"an unticked box", &struct{ X form.Field[bool] }{form.Boolean("")}, nil, ""},
		{"a box that must be ticked", &struct{ X form.Field[bool] }{form.Boolean("", form.Required[bool]())}, sent{"false"}, "This has to be ticked."},
		{"one with 0", &struct{ X form.Field[bool] }{form.Boolean("", form.Required[bool]())}, sent{"0"}, "This has to be ticked."},
		{"a ticked box", &struct{ X form.Field[bool] }{form.Boolean("", form.Required[bool]())}, sent{"y"}, ""},
		{"a box with a rule", &struct{ X form.Field[bool] }{form.Boolean("", form.Must("Never.", func(bool) bool { return false }))}, sent{"on"}, "Never."},
		{"a required choice", &struct{ X form.Field[[]string] }{form.SelectMultiple("", colours, form.Required[[]string]())}, nil, "Something has to be chosen."},
		{"no choice", &struct{ X form.Field[[]string] }{form.SelectMultiple("", colours)}, nil, ""},
		{"a rule for choices", &struct{ X form.Field[[]string] }{form.SelectMultiple("", colours, form.Must("One.", func(v []string) bool { return len(v) == 1 }))},
			sent{"r", "g"}, "One."},
		{"a required file", &struct{ X form.Field[*form.Upload] }{form.File("", form.Required[*form.Upload]())}, nil, "A file has to be chosen."},
		{"no file", &struct{ X form.Field[*form.Upload] }{form.File("", form.FileSize(1))}, nil, ""},
		{"lines that are left out", &struct{ X form.Field[string] }{form.TextArea("", form.Required[string]())}, sent{""}, "This has to be filled in."},
		{"lines of blanks", &struct{ X form.Field[string] }{form.TextArea("", form.Required[string]())}, sent{" \n"}, ""}, // which are not trimmed
	} {
		ok := form.Read(tt.form, url.Values{"x": tt.sent}, nil)
		errs := reflect.ValueOf(tt.form).Elem().Field(0).FieldByName("Errors").Interface().([]string)
		if got := strings.Join(errs, " "); got != tt.want || ok != (tt.want == "") {
			t.Errorf("%s: got %t, %q, want %q", tt.what, ok, got, tt.want)
		}
	}
	// A file field without a file is an upload without name and content.
	f := struct{ X form.Field[*form.Upload] }{form.File("")}
	for name, tt := range map[string]struct {
		upload form.Upload
		there  bool
	}{"nothing": {form.Upload{}, false}, "an empty file": {form.Upload{Name: "a"}, true}, "one without a name": {form.Upload{Size: 1}, true}} {
		if form.Read(&f, nil, map[string][]form.Upload{"x": {tt.upload}}); (f.X.Value != nil) != tt.there {
			t.Errorf("%s: got %v", name, f.X.Value)
		}
	}
}

// A form that is read again knows nothing of what was sent before.
func TestReadAgain(t *testing.T) {
	f := &struct {
		Name   form.Field[string]
		Sports form.Field[[]string]
		Photo  form.Field[*form.Upload]
		Photos form.Field[[]*form.Upload]
		Tags   form.List[tag]
	}{form.Text("Name", form.Length(2, 5)), form.SelectMultiple("Sports", colours), form.File("Photo"), form.Files("Photos"), form.ListOf(0, 1, newTag)}
	uploads := map[string][]form.Upload{"photo": {{Name: "a"}}, "photos": {{Name: "a"}}}
	if form.Read(f, url.Values{"name": {"x"}, "sports": {"r"}, "tags-0-name": {"ab"}, "tags-1-name": {"cd"}}, uploads) {
		t.Fatal("two tags and a short name were taken")
	}
	if !form.Read(f, url.Values{}, nil) || f.Name.Value != "" || f.Sports.Value != nil || f.Sports.Choices[0].Selected || f.Photo.Value != nil ||
		f.Photos.Value != nil || len(f.Tags.Items) != 0 || len(f.Tags.Errors) != 0 {
		t.Errorf("got %+v", f)
	}
}
