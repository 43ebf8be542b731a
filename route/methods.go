package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Methods are bits of a word. The names of a map's methods are collected as
// its rules are added; the last bit stands for all other names.
const (
	anyMethod   uint64 = 1<<64 - 1
	otherMethod uint64 = 1 << 63
	maxMethods         = 63
)

// knownMethods are in the order of their bits in every map.
var knownMethods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// method returns the bit of a method name in any case.
func (m *Map) method(name string) uint64 {
	switch name {
	case "GET":
		return 1 << 0
	case "HEAD":
		return 1 << 1
	case "POST":
		return 1 << 2
	case "PUT":
		return 1 << 3
	case "PATCH":
		return 1 << 4
	case "DELETE":
		return 1 << 5
	case "OPTIONS":
		return 1 << 6
	}
	if upper := strings.ToUpper(name); upper != name {
		return m.method(upper)
	}
	if i := slices.Index(m.methods, name); i >= 0 {
		return 1 << i
	}
	return otherMethod
}

// methodNames returns the sorted names of a set, none for a rule that takes
// every method.
func (m *Map) methodNames(set uint64) []string {
	var names []string
	for i, name := range m.methods {
		if set>>i&1 != 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// compileMethods fills in the method set of c and completes those of its rule.
func (m *Map) compileMethods(c *compiled) error {
	if c.rule.Methods == nil {
		c.methods = anyMethod
		return nil
	}
	if len(c.rule.Methods) == 0 {
		return errors.New("its list of methods is empty; leave it nil for every method")
	}
	for _, name := range c.rule.Methods {
		name = strings.ToUpper(name)
		if name == "" || strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ',' }) >= 0 {
			return fmt.Errorf("%q is not a method; write one like GET in each element", name)
		}
		if c.webSocket && name != "GET" && name != "HEAD" && name != "OPTIONS" {
			return fmt.Errorf("a WebSocket rule cannot take %s; use GET", name)
		}
		if !slices.Contains(m.methods, name) {
			if len(m.methods) == maxMethods {
				return fmt.Errorf("%s is one method too many; a map holds %d", name, maxMethods)
			}
			m.methods = append(m.methods, name)
		}
		c.methods |= m.method(name)
	}
	if c.methods&m.method("GET") != 0 {
		c.methods |= m.method("HEAD")
	}
	c.rule.Methods = m.methodNames(c.methods)
	return nil
}
