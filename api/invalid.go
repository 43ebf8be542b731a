package api

import (
	"net/http"
	"strings"

	"github.com/retort-go/retort"
)

// Invalid is an input that breaks rules, with all that is wrong with it.
type Invalid struct{ Fields []FieldError }

// A FieldError is one thing that is wrong with an input.
type FieldError struct {
	Field   string `json:"field"` // its name in the request, as in "items[2].price"
	Message string `json:"message"`
}

// Add notes that a field is wrong, in words that follow the field's name, such
// as "must be in the future".
func (v *Invalid) Add(field, message string) {
	v.Fields = append(v.Fields, FieldError{field, message})
}

// Err is v as an error, nil if nothing is wrong: the end of a Validate method.
func (v *Invalid) Err() error {
	if len(v.Fields) == 0 {
		return nil
	}
	return v
}

// Error is all that is wrong, on one line.
func (v *Invalid) Error() string {
	parts := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		parts[i] = strings.TrimSpace(f.Field + " " + f.Message)
	}
	return strings.Join(parts, "; ")
}

func (v *Invalid) answer(c *retort.Ctx) error {
	err := c.Status(http.StatusUnprocessableEntity).JSON(struct {
		Title   string       `json:"title"`
		Status  int          `json:"status"`
		Detail  string       `json:"detail"`
		Errors  []FieldError `json:"errors"`
		Request string       `json:"request"`
	}{"Unprocessable Content", http.StatusUnprocessableEntity, "The request breaks the rules for its fields.", v.Fields, c.ID()})
	if err != nil {
		return err
	}
	c.SetHeader("Content-Type", "application/problem+json")
	return nil
}
