package jinja

import (
	"github.com/retort-go/retort/jinja/internal/value"
)

// addGettext defines gettext and its relatives, and _ as another name of the first. Their results are Markup where values are
// escaped, and variables are filled in by the % operator, which escapes them; see [Config].OldGettext for the other way.
func (env *Environment) addGettext() {
	for name, form := range map[string]gettextForm{
		"gettext":   {params: []string{"__string"}},
		"ngettext":  {params: []string{"__singular", "__plural", "__num"}, plural: true},
		"pgettext":  {params: []string{"__string_ctx", "__string"}, context: true},
		"npgettext": {params: []string{"__string_ctx", "__singular", "__plural", "__num"}, context: true, plural: true},
	} {
		f := form
		f.name, f.old, f.translator = name, env.cfg.OldGettext, env.cfg.Translator
		env.globals[name] = value.FromFunc(name, func(c *Call) (Value, error) { return f.call(StateOf(c), c) })
	}
	env.globals["_"] = env.globals["gettext"]
}

// gettextForm is one of the functions.
type gettextForm struct {
	name            string
	params          []string
	context, plural bool
	old             bool
	translator      Translator
}

func (g *gettextForm) call(s *State, c *Call) (Value, error) {
	if len(c.Args) != len(g.params) {
		return Value{}, g.wrongNumber(c.Args)
	}
	args := c.Args
	vars := value.NewDict(len(c.Kwargs) + 2)
	for _, k := range c.Kwargs {
		vars.SetStr(k.Name, k.Value)
	}
	setDefault := func(name string, v Value) {
		if _, given := vars.GetStr(name); !given {
			vars.SetStr(name, v)
		}
	}
	msgctxt := ""
	if g.context {
		msgctxt = text(args[0])
		setDefault("context", args[0])
		args = args[1:]
	}
	if g.plural {
		setDefault("num", args[2])
	}
	out, err := g.translate(s, msgctxt, args)
	if err != nil || g.old {
		return out, err
	}
	if s.Autoescape() {
		if out, err = markupOf(s, out); err != nil {
			return Value{}, err
		}
	}
	return value.Mod(s.Meter(), out, value.FromDict(vars))
}

// markupOf is Python's Markup(v).
func markupOf(s *State, v Value) (Value, error) {
	if v.IsString() {
		return value.Markup(v.AsString()), nil
	}
	if html, ok := value.HTML(v); ok {
		return value.Markup(html), nil
	}
	text, err := value.ToStr(s.Meter(), v)
	return value.Markup(text), err
}

// wrongNumber words a call with too few arguments or too many, of which the first is Python's context.
func (g *gettextForm) wrongNumber(args []Value) error {
	sig := signature{fn: "_make_new_" + g.name + ".<locals>." + g.name, params: g.params, required: len(g.params), hidden: 1}
	if len(args) > len(g.params) {
		return sig.tooMany(len(args))
	}
	given := make([]Value, len(g.params))
	copy(given, args)
	return sig.missing(given)
}

// translate asks the translator for a message, or for one of two by a number. Without a translator the message stands, as what is
// no text does.
func (g *gettextForm) translate(s *State, msgctxt string, args []Value) (Value, error) {
	msg, known := args[0], g.translator != nil && args[0].IsString()
	if !g.plural {
		if known {
			msg = value.Str(g.translator.Translate(s.Context(), msgctxt, msg.AsString()))
		}
		return msg, nil
	}
	n, ok := value.Index(args[2])
	if !ok {
		one, err := value.Equal(s.Meter(), args[2], value.Int(1))
		if err != nil {
			return Value{}, err
		}
		n = 1 + int64(count(!one))
	}
	if known {
		out := g.translator.TranslatePlural(s.Context(), msgctxt, msg.AsString(), text(args[1]), int(n))
		if out != "" || args[1].IsString() {
			return value.Str(out), nil
		}
	}
	if n == 1 {
		return msg, nil
	}
	return args[1], nil
}

// text is a message id, which is a string constant in any template that can be translated.
func text(v Value) string {
	if v.IsString() {
		return v.AsString()
	}
	return ""
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
