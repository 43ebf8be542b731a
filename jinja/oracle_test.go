package jinja

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retort-go/retort/jinja/internal/value"
)

// A conformanceCase is a template, what it is rendered with, and how. Options and data are written as Python's keyword
// arguments, which are an expression of Jinja too; testdata/corpus/fill.py says which there are.
type conformanceCase struct {
	Source    string            `json:"source"`
	Templates map[string]string `json:"templates,omitempty"`
	Options   string            `json:"options,omitempty"`
	Data      string            `json:"data,omitempty"`
}

// An outcome is a page, or an error with the line of the template it comes from.
type outcome struct {
	Out   *string    `json:"out,omitempty"`
	Error *[3]string `json:"error,omitempty"` // class, "template:line" or "-", message
}

func (o outcome) String() string {
	if o.Error != nil {
		return "! " + strings.Join(o.Error[:], " ")
	}
	return fmt.Sprintf("> %q", *o.Out)
}

func (o outcome) equal(p outcome) bool {
	if o.Error != nil || p.Error != nil {
		return o.Error != nil && p.Error != nil && *o.Error == *p.Error
	}
	return *o.Out == *p.Out
}

// run renders the case with the engine.
func (c *conformanceCase) run(mode Mode) outcome {
	cfg := Config{Mode: mode, Limits: Limits{Steps: 1 << 26, Value: 64 << 20, Output: 16 << 20}}
	options, err := keywords(c.Options)
	if err != nil {
		return failed(err)
	}
	templates := map[string]string{}
	for name, source := range c.Templates {
		templates[name] = source
	}
	how, err := configure(&cfg, options)
	if err != nil {
		return failed(err)
	}
	if how.name != "" {
		templates[how.name] = c.Source
	}
	cfg.Loader = MapLoader(templates)
	data, err := keywords(c.Data)
	if err != nil {
		return failed(err)
	}
	env, err := New(cfg)
	if err != nil {
		return failed(err)
	}
	text, err := how.render(env, c.Source, Input{Data: value.FromDict(data)})
	if err != nil {
		o := failed(err)
		if how.expression {
			o.Error[1] = "-"
		}
		return o
	}
	return outcome{Out: &text}
}

func failed(err error) outcome {
	var e *Error
	if !errors.As(err, &e) {
		return outcome{Error: &[3]string{"Go", "-", err.Error()}}
	}
	at := "-"
	if len(e.Stack) > 0 {
		at = fmt.Sprintf("%s:%d", e.Stack[0].Template, e.Stack[0].Line)
	}
	return outcome{Error: &[3]string{e.Kind, at, e.Message}}
}

// manner is how a case is rendered.
type manner struct {
	name               string // of the template, if it has one
	native, expression bool
}

func (m manner) render(env *Environment, source string, in Input) (string, error) {
	if m.expression {
		x, err := env.Expression(source)
		if err != nil {
			return "", err
		}
		v, err := x.Eval(in)
		return value.Repr(v), err
	}
	t, err := env.FromString(source)
	if m.name != "" {
		t, err = env.Template(m.name)
	}
	if err != nil {
		return "", err
	}
	if m.native {
		v, err := t.Native(in)
		return value.Repr(v), err
	}
	out, err := t.Append(nil, in)
	return string(out), err
}

// configure translates the options of a case.
func configure(cfg *Config, options *value.Dict) (how manner, err error) {
	cfg.Autoescape = func(string) bool { return false }
	cfg.Globals = map[string]any{}
	undefined := map[string]Undefined{
		"default": UndefinedDefault, "strict": UndefinedStrict, "chainable": UndefinedChainable, "debug": UndefinedDebug,
	}
	delimiters := map[string]*string{
		"block_start_string": &cfg.Syntax.BlockStart, "block_end_string": &cfg.Syntax.BlockEnd,
		"variable_start_string": &cfg.Syntax.VariableStart, "variable_end_string": &cfg.Syntax.VariableEnd,
		"comment_start_string": &cfg.Syntax.CommentStart, "comment_end_string": &cfg.Syntax.CommentEnd,
		"line_statement_prefix": &cfg.Syntax.LineStatementPrefix, "line_comment_prefix": &cfg.Syntax.LineCommentPrefix,
		"newline_sequence": &cfg.NewlineSequence, "name": &how.name,
	}
	flags := map[string]*bool{
		"trim_blocks": &cfg.TrimBlocks, "lstrip_blocks": &cfg.LstripBlocks, "keep_trailing_newline": &cfg.KeepTrailingNewline,
		"native": &cfg.Native, "expression": &how.expression,
	}
	for k, v := range options.All() {
		name := k.AsString()
		on, err := value.Truth(v)
		if err != nil {
			return how, err
		}
		if p := delimiters[name]; p != nil {
			*p = v.AsString()
			continue
		}
		if p := flags[name]; p != nil {
			*p = on
			continue
		}
		switch name {
		case "autoescape":
			cfg.Autoescape = func(string) bool { return on }
			if v.IsString() {
				cfg.Autoescape = nil
			}
		case "undefined":
			cfg.Undefined = undefined[v.AsString()]
		case "sandbox":
			cfg.Sandbox = SandboxOn
			if v.IsString() {
				cfg.Sandbox = SandboxImmutable
			}
		case "ext":
			for _, ext := range strings.Split(v.AsString(), ",") {
				cfg.Extensions |= map[string]Extension{"do": ExtDo, "loopcontrols": ExtLoopControls, "i18n": ExtI18n, "debug": ExtDebug}[ext]
			}
		case "finalize":
			cfg.Finalize = func(v Value) (Value, error) {
				if v.IsNone() {
					return value.Str(""), nil
				}
				return v, nil
			}
		case "newstyle":
			cfg.OldGettext = !on
		case "catalog":
			cfg.Translator = caseCatalog{v.AsDict()}
		case "globals":
			for k, v := range v.AsDict().All() {
				cfg.Globals[k.AsString()] = v
			}
		case "policies":
			if err := setPolicies(cfg, v.AsDict()); err != nil {
				return how, err
			}
		default:
			return how, fmt.Errorf("option %s is not known", name)
		}
	}
	how.native = cfg.Native
	return how, nil
}

func setPolicies(cfg *Config, policies *value.Dict) error {
	for k, v := range policies.All() {
		switch name := k.AsString(); name {
		case "ext.i18n.trimmed":
			cfg.TrimTrans = v.AsBool()
		case "urlize.rel":
			cfg.Policies.UrlizeRel = "-"
			if v.IsString() {
				cfg.Policies.UrlizeRel = v.AsString()
			}
		case "urlize.target":
			cfg.Policies.UrlizeTarget = v.AsString()
		case "urlize.extra_schemes":
			for _, s := range v.AsList().Items {
				cfg.Policies.UrlizeSchemes = append(cfg.Policies.UrlizeSchemes, s.AsString())
			}
		case "truncate.leeway":
			cfg.Policies.TruncateLeeway = int(v.AsInt())
			if v.AsInt() == 0 {
				cfg.Policies.TruncateLeeway = -1
			}
		case "json.dumps_kwargs":
			sorted, _ := v.AsDict().GetStr("sort_keys")
			cfg.Policies.JSONUnsorted = !sorted.AsBool()
		default:
			return fmt.Errorf("policy %s is not known", name)
		}
	}
	return nil
}

// caseCatalog translates with a dict, as fill.py's function catalog does.
type caseCatalog struct{ *value.Dict }

func (c caseCatalog) get(msgctxt, msg string) (Value, bool) {
	if msgctxt != "" {
		msg = msgctxt + "|" + msg
	}
	return c.GetStr(msg)
}

func (c caseCatalog) Translate(_ context.Context, msgctxt, msg string) string {
	if v, ok := c.get(msgctxt, msg); ok {
		return v.AsString()
	}
	return msg
}

func (c caseCatalog) TranslatePlural(_ context.Context, msgctxt, singular, plural string, n int) string {
	forms := []string{singular, plural}
	if v, ok := c.get(msgctxt, singular); ok {
		forms = []string{v.AsList().Items[0].AsString(), v.AsList().Items[1].AsString()}
	}
	if n == 1 {
		return forms[0]
	}
	return forms[1]
}

// keywords evaluates lines of keyword arguments as the engine's own expressions; later ones win.
func keywords(text string) (*value.Dict, error) {
	values := value.NewDict(0)
	for line := range strings.SplitSeq(text, "\n") {
		x, err := caseNames().Expression("dict(" + line + ")")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		v, err := x.Eval(Input{})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		for k, v := range v.AsDict().All() {
			values.SetStr(k.AsString(), v)
		}
	}
	return values, nil
}

// caseNames has what data and options may be made of, besides literals.
var caseNames = sync.OnceValue(func() *Environment {
	items := func(c *Call) []Value {
		items, err := value.Items(c.Meter, c.Args[0])
		if err != nil {
			panic(err)
		}
		return items
	}
	env, err := New(Config{Globals: map[string]any{
		"Markup": func(c *Call) (Value, error) { return value.Markup(c.Args[0].AsString()), nil },
		"Obj":    newCaseObject,
		"Html":   func(c *Call) (Value, error) { return value.FromObject(&caseHTML{c.Args[0].AsString()}), nil },
		"show":   value.FromObject(new(caseFunction)),
		"numbers": func(c *Call) (Value, error) {
			return once("generator", value.FromRange(value.RangeOf{Stop: c.Args[0].AsInt(), Step: 1}), c.Meter)
		},
		"iter":  func(c *Call) (Value, error) { return once("list_iterator", c.Args[0], c.Meter) },
		"bytes": func(c *Call) (Value, error) { return value.Bytes([]byte(c.Args[0].AsString())), nil },
		"set": func(c *Call) (Value, error) {
			d := value.NewDict(0)
			for _, v := range items(c) {
				if err := d.Set(v, value.None()); err != nil {
					return Value{}, err
				}
			}
			return value.FromSet(d), nil
		},
		"tuple": func(c *Call) (Value, error) { return value.Tuple(items(c)), nil },
		"nan":   math.NaN(), "inf": math.Inf(1),
		"date": func(year, month, day, hour, minute, second int) Value {
			return value.From(time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC))
		},
	}})
	if err != nil {
		panic(err)
	}
	return env
})

func once(name string, v Value, m *Meter) (Value, error) {
	items, err := value.Items(m, v)
	i := 0
	return value.NewIter(name, value.IteratorFunc(func() (Value, bool, error) {
		if i == len(items) {
			return Value{}, false, nil
		}
		i++
		return items[i-1], true, nil
	})), err
}

// caseFunction is a function that prints how it was called.
type caseFunction struct{ _ byte }

func (*caseFunction) PythonType() string { return "__main__.Show" }

func (*caseFunction) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	return append(dst, "<show>"...), nil
}

func (*caseFunction) Call(c *Call) (Value, error) {
	out := []byte("show(")
	var err error
	for i, v := range c.Args {
		if i > 0 {
			out = append(out, ", "...)
		}
		if out, err = value.AppendRepr(c.Meter, out, v); err != nil {
			return Value{}, err
		}
	}
	for i, k := range c.Kwargs {
		if i+len(c.Args) > 0 {
			out = append(out, ", "...)
		}
		if out, err = value.AppendRepr(c.Meter, append(out, k.Name+"="...), k.Value); err != nil {
			return Value{}, err
		}
	}
	return value.Str(string(append(out, ')'))), nil
}

// caseObject is an object with attributes.
type caseObject struct{ attributes []Kwarg }

func newCaseObject(c *Call) (Value, error) {
	return value.FromObject(&caseObject{append([]Kwarg(nil), c.Kwargs...)}), nil
}

func (o *caseObject) PythonType() string { return "__main__.Obj" }

func (o *caseObject) Attr(name string) (Value, bool) {
	for _, k := range o.attributes {
		if k.Name == name {
			return k.Value, true
		}
	}
	return Value{}, false
}

func (o *caseObject) AppendStr(m *Meter, dst []byte) (_ []byte, err error) {
	dst = append(dst, "<Obj "...)
	for i, k := range o.attributes {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = value.AppendRepr(m, append(dst, k.Name+"="...), k.Value); err != nil {
			return dst, err
		}
	}
	return append(dst, '>'), nil
}

// caseHTML is an object that says what it is in HTML.
type caseHTML struct{ html string }

func (h *caseHTML) PythonType() string { return "__main__.Html" }

func (h *caseHTML) EscapedHTML() string { return h.html }

func (h *caseHTML) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	return append(dst, "<Html>"...), nil
}

// older reports whether a version comes before another.
func older(v, than string) bool {
	a, b := strings.Split(v, "."), strings.Split(than, ".")
	for i := range min(len(a), len(b)) {
		x, _ := strconv.Atoi(a[i])
		y, _ := strconv.Atoi(b[i])
		if x != y {
			return x < y
		}
	}
	return false
}

// askPython has Python's Jinja2 render the cases. Without it the test is skipped, or fails where CI=true.
func askPython(t *testing.T, cases []*conformanceCase) []outcome {
	t.Helper()
	var in bytes.Buffer
	for _, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	python := "python3"
	if name := os.Getenv("PYTHON"); name != "" {
		python = name
	}
	cmd := exec.Command(python, "testdata/corpus/fill.py", "-")
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	said, err := cmd.Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Python 3 with Jinja2 is needed: %v\n%s", err, stderr.Bytes())
		}
		t.Skipf("Python 3 with Jinja2 is not here: %v", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(said))
	lines.Buffer(nil, 64<<20)
	var v [2]string
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &v) != nil {
		t.Fatalf("python said nothing; on standard error: %s", stderr.Bytes())
	}
	if older(v[0], "3.1.6") || older(v[1], "3") {
		t.Skipf("these are Jinja %s and MarkupSafe %s; the engine follows 3.1.6 and 3", v[0], v[1])
	}
	outcomes := make([]outcome, 0, len(cases))
	for lines.Scan() {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, o)
	}
	if len(outcomes) != len(cases) {
		t.Fatalf("python answered %d of %d; on standard error: %s", len(outcomes), len(cases), stderr.Bytes())
	}
	return outcomes
}
