package form_test

import (
	"net/url"
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
