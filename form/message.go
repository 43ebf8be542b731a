package form

import "fmt"

// Translate returns the translation of a message of this package, or the message
// itself. Messages with numbers and names in them are formats of package fmt, as in
// "This can have at most %d characters.", and stay that.
type Translate func(message string) string

// A message is a sentence about what is wrong, or a format and what goes into it;
// the zero value is none.
type message struct {
	text string
	args []any
}

func (m message) in(translate Translate) string {
	text := m.text
	if translate != nil {
		text = translate(text)
	}
	if len(m.args) == 0 {
		return text // what a program says may hold a percent sign
	}
	return fmt.Sprintf(text, m.args...)
}
