package jinja

import "github.com/retort-go/retort/jinja/internal/value"

// Plain returns v as ordinary Go data: nil, bool, int64, *big.Int, float64, string, []byte, []any, map[string]any
// (map[any]any when a key is no string), or the Go value it was made from. Undefined is nil. What has no such form, a
// function, is returned as the Value. It fails for a value that contains itself.
func Plain(v Value) (any, error) { return value.Plain(v) }

// To stores v in the Go variable that dst points to, converted to its type without loss; it fails where that is not
// possible.
func To(v Value, dst any) error { return value.To(v, dst) }

// Str returns text as a template's value, as [From] does but without allocating.
func Str(s string) Value { return value.Str(s) }
