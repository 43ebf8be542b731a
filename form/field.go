package form

import (
	"cmp"
	"maps"
	"strings"
)

// Input is what a page shows of a field: everything but its typed value.
type Input struct {
	Name        string            // in the request
	ID          string            // in the page
	Label       string            // for people
	Description string            // further help; may be empty
	Type        string            // of the input element; "textarea", "select", "radio", "checkbox" or "file" too
	Text        string            // what was typed, or the value to begin with
	Errors      []string          // what is wrong, as sentences
	Required    bool              // must be filled in
	Multiple    bool              // takes several values
	Attrs       map[string]string // further attributes, from the rules: maxlength, min, …
	Choices     []Choice          // of a select or radio field
}

// A Choice is one of the values that a field can take.
type Choice struct {
	Value, Label string
	Group        string // a heading above it and those that follow with the same, in a select
	Selected     bool
}

// A Field is one field of a form, with a value of type T.
type Field[T any] struct {
	Input

	// Value is what the request held, if it was right; before that, what the form
	// begins with.
	Value T

	rules     []Rule[T]
	parse     func(text string) (T, bool)
	read      func(f *Field[T], values []string, uploads []Upload)
	show      func(T) string
	wrong     string // what to say when parse fails
	missing   string // what to say when nothing was given; empty means the usual
	submitted bool   // a request was read
	translate Translate
}

// Fail notes that something is wrong with the field, in a sentence.
func (f *Field[T]) Fail(message string) { f.Errors = append(f.Errors, message) }

// say notes one of this package's own messages.
func (f *Field[T]) say(text string, args ...any) { f.Fail(message{text, args}.in(f.translate)) }

// sayMissing notes that a required field is empty.
func (f *Field[T]) sayMissing(usual string) { f.say(cmp.Or(f.missing, usual)) }

// Help sets the description.
func (f Field[T]) Help(text string) Field[T] {
	f.Description = text
	return f
}

// With sets the value that the form begins with.
func (f Field[T]) With(v T) Field[T] {
	f.Value = v
	return f
}

// Attr sets a further attribute of the input element.
func (f Field[T]) Attr(name, value string) Field[T] {
	f.Attrs = maps.Clone(f.Attrs)
	if f.Attrs == nil {
		f.Attrs = map[string]string{}
	}
	f.Attrs[name] = value
	return f
}

func (f *Field[T]) setup(name string) {
	f.Name, f.ID = name, name
	if f.submitted || f.show == nil {
		return
	}
	f.Text = f.show(f.Value)
	chosen := []string{f.Text}
	if f.Multiple {
		chosen = strings.Split(f.Text, "\n")
	}
	f.selectChoices(chosen)
}

func (f *Field[T]) valid() bool { return len(f.Errors) == 0 }

func (f *Field[T]) bind(values []string, uploads []Upload, translate Translate) {
	f.submitted, f.translate = true, translate
	f.Errors = nil
	if f.read != nil {
		f.read(f, values, uploads)
		return
	}
	text := ""
	if len(values) > 0 {
		text = values[0]
	}
	f.selectChoices(values[:min(len(values), 1)])
	if f.Type != "password" && f.Type != "textarea" {
		text = strings.TrimSpace(text)
	}
	f.Text = text
	if f.Type == "password" {
		f.Text = "" // a page that shows the form again does not show it
	}
	if text == "" {
		var zero T
		f.Value = zero
		if f.Required {
			f.sayMissing("This has to be filled in.")
		}
		return
	}
	v, ok := f.parse(text)
	if !ok {
		f.say(f.wrong)
		return
	}
	if len(f.Choices) > 0 && !f.offers(text) {
		f.say("That is not one of the choices.")
		return
	}
	f.Value = v
	f.apply()
}

// apply checks the value by the rules.
func (f *Field[T]) apply() {
	for _, r := range f.rules {
		if m := r.check(f.Value); m.text != "" {
			f.Fail(m.in(f.translate))
		}
	}
}

func (f *Field[T]) offers(value string) bool {
	for _, c := range f.Choices {
		if c.Value == value {
			return true
		}
	}
	return false
}

// selectChoices marks the chosen ones. The slice is copied, since forms that a
// function makes may share it.
func (f *Field[T]) selectChoices(values []string) {
	if len(f.Choices) == 0 {
		return
	}
	chosen := map[string]bool{}
	for _, v := range values {
		chosen[v] = true
	}
	choices := make([]Choice, len(f.Choices))
	for i, c := range f.Choices {
		c.Selected = chosen[c.Value]
		choices[i] = c
	}
	f.Choices = choices
}
