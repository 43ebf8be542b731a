package report

import (
	"fmt"
	"strings"
)

// A TLP is a label of the Traffic Light Protocol, version 2.0: who may be told.
// Its text is what command lines take: "amber+strict".
type TLP string

// The labels, the most open one first.
const (
	Clear       TLP = "clear"
	Green       TLP = "green"
	Amber       TLP = "amber"
	AmberStrict TLP = "amber+strict"
	Red         TLP = "red"
)

// TLPs returns every label, the most open one first.
func TLPs() []TLP { return []TLP{Clear, Green, Amber, AmberStrict, Red} }

// ParseTLP reads a label in any case, with or without "TLP:" in front. An empty
// text is the empty label.
func ParseTLP(s string) (TLP, error) {
	name := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "tlp:")
	if name == "" {
		return "", nil
	}
	for _, t := range TLPs() {
		if name == string(t) {
			return t, nil
		}
	}
	return "", fmt.Errorf("%q is no TLP label; the labels are: clear green amber amber+strict red", s)
}

// String is the label as people write it: "TLP:AMBER+STRICT"; empty if there is
// none.
func (t TLP) String() string {
	if t == "" {
		return ""
	}
	return "TLP:" + strings.ToUpper(string(t))
}
