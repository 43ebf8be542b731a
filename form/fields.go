package form

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Text is a line of text.
func Text(label string, rules ...Rule[string]) Field[string] { return textual("text", label, rules) }

// TextArea is a text of several lines; it is not trimmed.
func TextArea(label string, rules ...Rule[string]) Field[string] {
	return textual("textarea", label, rules)
}

// Password is a text that is not shown, also not when the form is shown again.
func Password(label string, rules ...Rule[string]) Field[string] {
	f := textual("password", label, rules)
	f.show = func(string) string { return "" }
	return f
}

// Hidden is a text that the page carries along. The client can change it like
// any other.
func Hidden(rules ...Rule[string]) Field[string] { return textual("hidden", "", rules) }

// Search, Tel and Color are texts that browsers help with in their own ways.
func Search(label string, rules ...Rule[string]) Field[string] {
	return textual("search", label, rules)
}

// Tel is a telephone number, unchecked.
func Tel(label string, rules ...Rule[string]) Field[string] { return textual("tel", label, rules) }

// EmailField is a mail address; it is checked by [Email].
func EmailField(label string, rules ...Rule[string]) Field[string] {
	return textual("email", label, append([]Rule[string]{Email()}, rules...))
}

// URLField is an absolute http or https URL; it is checked by [URL].
func URLField(label string, rules ...Rule[string]) Field[string] {
	return textual("url", label, append([]Rule[string]{URL()}, rules...))
}

func textual(typ, label string, rules []Rule[string]) Field[string] {
	f := newField(typ, label, rules, func(s string) (string, bool) { return s, true }, func(s string) string { return s })
	return f
}

// Color is a colour as browsers send it: #rrggbb.
func Color(label string, rules ...Rule[string]) Field[string] {
	f := textual("color", label, rules)
	f.parse = func(s string) (string, bool) { return s, color.MatchString(s) }
	f.wrong = "This has to be a colour."
	return f
}

var color = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Integer is a whole number.
func Integer(label string, rules ...Rule[int]) Field[int] {
	f := newField("number", label, rules, func(s string) (int, bool) {
		n, err := strconv.Atoi(s)
		return n, err == nil
	}, strconv.Itoa)
	f.wrong = "This has to be a whole number."
	f.Attrs["step"] = "1"
	return f
}

// Slider is a whole number between two others, to be dragged.
func Slider(label string, low, high int, rules ...Rule[int]) Field[int] {
	f := Integer(label, append([]Rule[int]{Range(low, high)}, rules...)...)
	f.Type = "range"
	return f
}

// Decimal is a number.
func Decimal(label string, rules ...Rule[float64]) Field[float64] {
	f := newField("number", label, rules, func(s string) (float64, bool) {
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil && n-n == 0 // neither infinite nor NaN
	}, func(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) })
	f.wrong = "This has to be a number."
	f.Attrs["step"] = "any"
	return f
}

// Date is a day, in the form that browsers send: 2006-01-02.
func Date(label string, rules ...Rule[time.Time]) Field[time.Time] {
	return temporal("date", label, "2006-01-02", "This has to be a date.", rules)
}

// DateTime is a day and a time without zone: 2006-01-02T15:04.
func DateTime(label string, rules ...Rule[time.Time]) Field[time.Time] {
	return temporal("datetime-local", label, "2006-01-02T15:04", "This has to be a date and a time.", rules)
}

// Time is a time of day: 15:04.
func Time(label string, rules ...Rule[time.Time]) Field[time.Time] {
	return temporal("time", label, "15:04", "This has to be a time.", rules)
}

// Month is a month: 2006-01.
func Month(label string, rules ...Rule[time.Time]) Field[time.Time] {
	return temporal("month", label, "2006-01", "This has to be a month.", rules)
}

// Week is a week by ISO 8601, which begins on its Monday: 2026-W48.
func Week(label string, rules ...Rule[time.Time]) Field[time.Time] {
	f := newField("week", label, rules, parseWeek, func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	})
	f.wrong = "This has to be a week."
	return f
}

func parseWeek(s string) (time.Time, bool) {
	var year, week int
	if n, err := fmt.Sscanf(s, "%4d-W%2d", &year, &week); n != 2 || err != nil || len(s) != len("2026-W48") {
		return time.Time{}, false
	}
	// The fourth of January is in the first week whatever its day.
	start := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	monday := start.AddDate(0, 0, 7*(week-1)-(int(start.Weekday())+6)%7)
	y, w := monday.ISOWeek()
	return monday, y == year && w == week
}

func temporal(typ, label, layout, wrong string, rules []Rule[time.Time]) Field[time.Time] {
	f := newField(typ, label, rules, func(s string) (time.Time, bool) {
		t, err := time.Parse(layout, s)
		return t, err == nil
	}, func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(layout)
	})
	f.wrong = wrong
	return f
}

// Boolean is a box to tick. Required means that it has to be.
func Boolean(label string, rules ...Rule[bool]) Field[bool] {
	f := newField[bool]("checkbox", label, rules, nil, func(b bool) string {
		if b {
			return "on"
		}
		return ""
	})
	f.read = func(f *Field[bool], values []string, _ []Upload) {
		f.Value = len(values) > 0 && values[0] != "" && values[0] != "false" && values[0] != "0"
		f.Text = f.show(f.Value)
		if f.Required && !f.Value {
			f.sayMissing("This has to be ticked.")
		}
		f.apply()
	}
	return f
}

// Select is one of several values, in a list.
func Select(label string, choices []Choice, rules ...Rule[string]) Field[string] {
	f := textual("select", label, rules)
	f.Choices = choices
	return f
}

// Radio is one of several values, all shown.
func Radio(label string, choices []Choice, rules ...Rule[string]) Field[string] {
	f := Select(label, choices, rules...)
	f.Type = "radio"
	return f
}

// maxSelected bounds the values of one field.
const maxSelected = 1000

// SelectMultiple is any number of several values.
func SelectMultiple(label string, choices []Choice, rules ...Rule[[]string]) Field[[]string] {
	f := newField[[]string]("select", label, rules, nil, func(v []string) string { return strings.Join(v, "\n") })
	f.Choices, f.Multiple = choices, true
	f.read = func(f *Field[[]string], values []string, _ []Upload) {
		values = values[:min(len(values), maxSelected)]
		f.Value = nil
		f.selectChoices(values)
		for _, v := range values {
			if !f.offers(v) {
				f.say("That is not one of the choices.")
				return
			}
			f.Value = append(f.Value, v)
		}
		if f.Required && len(f.Value) == 0 {
			f.sayMissing("Something has to be chosen.")
		}
		f.apply()
	}
	return f
}

// File is an uploaded file; its Value is nil if none was sent.
func File(label string, rules ...Rule[*Upload]) Field[*Upload] {
	f := newField[*Upload]("file", label, rules, nil, func(*Upload) string { return "" })
	f.read = func(f *Field[*Upload], _ []string, uploads []Upload) {
		f.Value = nil
		if len(uploads) == 0 || uploads[0].Name == "" && uploads[0].Size == 0 {
			if f.Required {
				f.sayMissing("A file has to be chosen.")
			}
			return
		}
		f.Value = &uploads[0]
		f.apply()
	}
	return f
}

// Files is any number of uploaded files.
func Files(label string, rules ...Rule[[]*Upload]) Field[[]*Upload] {
	f := newField[[]*Upload]("file", label, rules, nil, func([]*Upload) string { return "" })
	f.Multiple = true
	f.read = func(f *Field[[]*Upload], _ []string, uploads []Upload) {
		f.Value = nil
		for i := range uploads {
			if uploads[i].Name != "" || uploads[i].Size > 0 {
				f.Value = append(f.Value, &uploads[i])
			}
		}
		if len(f.Value) == 0 {
			if f.Required {
				f.sayMissing("A file has to be chosen.")
			}
			return
		}
		f.apply()
	}
	return f
}

func newField[T any](typ, label string, rules []Rule[T], parse func(string) (T, bool), show func(T) string) Field[T] {
	f := Field[T]{Input: Input{Label: label, Type: typ, Attrs: map[string]string{}}, parse: parse, show: show}
	for _, r := range rules {
		if r.required {
			f.Required, f.missing = true, r.says
		}
		for name, value := range r.attrs {
			f.Attrs[name] = value
		}
		if r.check != nil {
			f.rules = append(f.rules, r)
		}
	}
	return f
}
