package jinja

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-go/retort/jinja/internal/syntax"
)

// Tag is a custom statement; see [Config].Tags. It takes arguments as a function does, but without parentheses, and, if Body
// is set, encloses a part of the template:
//
//	{% cache 300, key="menu" %} … {% endcache %}
type Tag struct {
	// Body says that there is a body, which ends with the tag's name behind "end".
	Body bool
	// Run is called where the tag stands. What it returns is printed, and escaped unless it is [Markup]. body renders the
	// body, with the variables around it, and returns Markup where values are escaped; Run may call it any number of times.
	// It is nil without a body.
	Run func(s *State, c *Call, body func() (Value, error)) (Value, error)
}

// addTags makes the parser know the custom tags.
func (env *Environment) addTags() error {
	for name, tag := range env.cfg.Tags {
		switch {
		case tag.Run == nil:
			return fmt.Errorf("jinja: tag %s: it has no Run", name)
		case syntax.Known(name) || strings.HasPrefix(name, "end"):
			return fmt.Errorf("jinja: tag %s: that is no name, or Jinja has a meaning for it; choose another one", name)
		}
		if env.syntax.Tags == nil {
			env.syntax.Tags = map[string]syntax.TagFunc{}
		}
		env.syntax.Tags[name] = tag.parser(name)
	}
	return nil
}

// parser reads the tag as the call of a function; a body is the function's caller.
func (t Tag) parser(name string) syntax.TagFunc {
	return func(p *syntax.Parser) ([]syntax.Stmt, error) {
		at := p.Next().Pos
		call := &syntax.Call{Node: &syntax.GoValue{Value: t.call}, Arguments: p.ParseArguments()}
		call.Pos = at
		if !t.Body {
			out := &syntax.Output{Nodes: []syntax.Expr{call}}
			out.Pos = at
			return []syntax.Stmt{out}, nil
		}
		block := &syntax.CallBlock{Call: call, Body: p.ParseBody("end" + name), Custom: true}
		block.Pos = at
		p.Next()
		return []syntax.Stmt{block}, nil
	}
}

// call is the function that the tag calls.
func (t Tag) call(s *State, c *Call) (Value, error) {
	i := slices.IndexFunc(c.Kwargs, func(k Kwarg) bool { return k.Name == "caller" })
	if !t.Body || i < 0 {
		return t.Run(s, c, nil)
	}
	caller := c.Kwargs[i].Value
	inner := *c
	inner.Kwargs = slices.Delete(slices.Clone(c.Kwargs), i, i+1)
	return t.Run(s, &inner, func() (Value, error) { return s.Call(caller, nil, nil) })
}
