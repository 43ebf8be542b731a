package jinja

import "github.com/retort-go/retort/jinja/internal/value"

// FromJSON reads JSON as template data. Objects keep the order of their keys, of which a later duplicate wins, and integers
// of any size stay integers. NaN, Infinity and -Infinity, which Python writes, are read as well.
func FromJSON(data []byte) (Value, error) { return value.FromJSON(data) }
