package jinja

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja/internal/value"
)

// suiteFile holds cases recorded from Jinja's own test suite. It is not part of the repository.
const suiteFile = "../../shared/data/jinja-suite.jsonl"

// suiteCase is one line of the file.
type suiteCase struct {
	ID         int
	Kind       string
	Env        map[string]json.RawMessage
	Source     string
	Name       string
	Templates  map[string]string
	Globals    json.RawMessage `json:"template_globals"`
	Context    json.RawMessage
	Output     *string
	Value      json.RawMessage
	Error      *suiteError
	Purity     string
	DefaultEnv bool `json:"default_env"`
	Category   string
}

type suiteError struct {
	Class   string
	Message *string
	Lineno  *int
}

// suiteExceptions are the cases that differ, with the reason, by mode.
var suiteExceptions = map[Mode]map[int]string{
	Compat:     {},
	Contextual: {},
}

// TestSuite runs every case that JSON can express and fails if one that is not an exception differs.
func TestSuite(t *testing.T) {
	t.Run("compat", func(t *testing.T) { runSuite(t, Compat) })
	t.Run("contextual", func(t *testing.T) { runSuite(t, Contextual) })
}

func runSuite(t *testing.T, mode Mode) {
	cases := readSuite(t)
	passed, total := map[string]int{}, map[string]int{}
	for _, c := range cases {
		keys := []string{c.Purity}
		if c.Purity == "pure" && c.DefaultEnv {
			keys = append(keys, "pure, default environment")
		}
		diff := c.run(mode)
		_, excepted := suiteExceptions[mode][c.ID]
		for _, k := range keys {
			total[k]++
			if diff == "" {
				passed[k]++
			}
		}
		switch {
		case diff != "" && !excepted:
			t.Errorf("case %d (%s): %s\n  source: %q %v", c.ID, c.Category, diff, c.Source+c.Name, c.Templates)
		case diff == "" && excepted:
			t.Errorf("case %d passes, but is listed as an exception", c.ID)
		}
	}
	for k, n := range total {
		t.Logf("%s: %d of %d", k, passed[k], n)
	}
}

func readSuite(t *testing.T) []*suiteCase {
	f, err := os.Open(filepath.FromSlash(suiteFile))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not there: Jinja's own cases are not run", suiteFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []*suiteCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		c := new(suiteCase)
		if err := json.Unmarshal(in.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		if c.Purity == "pure" || c.Purity == "tagged" {
			cases = append(cases, c)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// run returns how the case differs from what is expected, "" if it does not.
func (c *suiteCase) run(mode Mode) string {
	got, err := c.render(mode)
	if c.Error != nil {
		return c.checkError(got, err)
	}
	if err != nil {
		return fmt.Sprintf("error: %+v", err)
	}
	switch {
	case c.Output != nil && !c.isNative():
		if text, _ := value.ToStr(value.NewMeter(nil, value.Limits{}), got); text != *c.Output {
			return fmt.Sprintf("got  %q\n  want %q", text, *c.Output)
		}
	case c.Value != nil || c.Output != nil:
		raw := c.Value
		if raw == nil {
			raw, _ = json.Marshal(c.Output)
		}
		want := decodeTagged(raw)
		if g, w := value.Repr(got), value.Repr(want); g != w {
			return fmt.Sprintf("got value %s, want %s", g, w)
		}
	}
	return ""
}

func (c *suiteCase) isNative() bool { return string(c.Env["native"]) == "true" }

func (c *suiteCase) checkError(got Value, err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("got %s, want %s", value.Repr(got), c.Error.Class)
	}
	if e.Kind != c.Error.Class {
		return fmt.Sprintf("got %+v, want %s", err, c.Error.Class)
	}
	if c.Error.Message != nil && e.Message != *c.Error.Message {
		return fmt.Sprintf("got message %q, want %q", e.Message, *c.Error.Message)
	}
	if c.Error.Lineno != nil && strings.HasPrefix(e.Kind, "Template") && e.Line() != *c.Error.Lineno {
		return fmt.Sprintf("got line %d, want %d", e.Line(), *c.Error.Lineno)
	}
	return ""
}

func (c *suiteCase) render(mode Mode) (Value, error) {
	cfg, err := c.config()
	if err != nil {
		return Value{}, err
	}
	cfg.Mode = mode
	env, err := New(cfg)
	if err != nil {
		return Value{}, err
	}
	data := decodeTagged(c.Context)
	in := Input{Data: data, Ctx: context.WithValue(context.Background(), languageKey{}, data)}
	if c.Globals != nil {
		globals := decodeTagged(c.Globals)
		in.Lookup = func(name string) (Value, bool) { return globals.AsDict().GetStr(name) }
	}
	if c.Kind == "expression" {
		x, err := env.Expression(c.Source)
		if err != nil {
			return Value{}, err
		}
		v, err := x.Eval(in)
		if v.IsUndefined() {
			v = value.None()
		}
		return v, err
	}
	var t *Template
	if c.Name != "" {
		t, err = env.Template(c.Name)
	} else {
		t, err = env.FromString(c.Source)
	}
	if err != nil || c.Kind == "compile" {
		return Value{}, err
	}
	if c.isNative() {
		return t.Native(in)
	}
	out, err := t.Append(nil, in)
	return value.Str(string(out)), err
}

// config translates Jinja's environment options.
func (c *suiteCase) config() (Config, error) {
	autoescape := false
	cfg := Config{Autoescape: func(string) bool { return autoescape }}
	if c.Templates != nil {
		cfg.Loader = MapLoader(c.Templates)
	}
	for key, raw := range c.Env {
		var s string
		_ = json.Unmarshal(raw, &s)
		on := string(raw) == "true"
		switch key {
		case "autoescape":
			autoescape = on
		case "native":
			cfg.Native = on
		case "trim_blocks":
			cfg.TrimBlocks = on
		case "lstrip_blocks":
			cfg.LstripBlocks = on
		case "keep_trailing_newline":
			cfg.KeepTrailingNewline = on
		case "newline_sequence":
			cfg.NewlineSequence = s
		case "block_start_string":
			cfg.Syntax.BlockStart = s
		case "block_end_string":
			cfg.Syntax.BlockEnd = s
		case "variable_start_string":
			cfg.Syntax.VariableStart = s
		case "variable_end_string":
			cfg.Syntax.VariableEnd = s
		case "comment_start_string":
			cfg.Syntax.CommentStart = s
		case "comment_end_string":
			cfg.Syntax.CommentEnd = s
		case "line_statement_prefix":
			cfg.Syntax.LineStatementPrefix = s
		case "line_comment_prefix":
			cfg.Syntax.LineCommentPrefix = s
		case "undefined":
			cfg.Undefined = map[string]Undefined{
				"StrictUndefined": UndefinedStrict, "ChainableUndefined": UndefinedChainable, "DebugUndefined": UndefinedDebug,
			}[s]
		case "sandbox":
			cfg.Sandbox = SandboxOn
			if s == "immutable" {
				cfg.Sandbox = SandboxImmutable
			}
		case "globals":
			globals := decodeTagged(raw).AsDict()
			cfg.Globals = map[string]any{}
			for k, v := range globals.All() {
				cfg.Globals[k.AsString()] = v
			}
		case "extensions":
			cfg.Extensions = suiteExtensions(raw)
		case "i18n":
			if err := suiteI18n(&cfg, raw); err != nil {
				return cfg, err
			}
		case "policies":
			if err := suitePolicies(&cfg, raw); err != nil {
				return cfg, err
			}
		default:
			return cfg, fmt.Errorf("option %s is not known", key)
		}
	}
	return cfg, nil
}

func suiteExtensions(raw json.RawMessage) (ext Extension) {
	for name, bit := range map[string]Extension{
		"Internationalization": ExtI18n, "LoopControl": ExtLoopControls, "ExprStmt": ExtDo, "Debug": ExtDebug,
	} {
		if strings.Contains(string(raw), name) {
			ext |= bit
		}
	}
	return ext
}

func suitePolicies(cfg *Config, raw json.RawMessage) error {
	var p map[string]any
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	for key, v := range p {
		switch {
		case key == "ext.i18n.trimmed":
			cfg.TrimTrans = v == true
		case key == "urlize.rel" && v == nil:
			cfg.Policies.UrlizeRel = "-"
		default:
			return fmt.Errorf("policy %s=%v is not known", key, v)
		}
	}
	return nil
}

type languageKey struct{}

// suiteCatalog translates from the catalogue of a case: messages, or by context messages, under the language that the
// template's data names as LANGUAGE.
type suiteCatalog map[string]map[string]any

func suiteI18n(cfg *Config, raw json.RawMessage) error {
	var opts struct {
		Newstyle bool
		Catalog  suiteCatalog
	}
	if err := json.Unmarshal(raw, &opts); err != nil {
		return err
	}
	cfg.Extensions |= ExtI18n
	cfg.OldGettext = !opts.Newstyle
	cfg.Translator = opts.Catalog
	return nil
}

func (c suiteCatalog) Translate(ctx context.Context, msgctxt, msg string) string {
	language := "en"
	if data, ok := ctx.Value(languageKey{}).(Value); ok {
		if v, ok := data.AsDict().GetStr("LANGUAGE"); ok {
			language = v.AsString()
		}
	}
	switch m := c[language][msg].(type) {
	case string:
		return m
	case map[string]any:
		if msgctxt == "" {
			msgctxt = "null"
		}
		if s, ok := m[msgctxt].(string); ok {
			return s
		}
	}
	return msg
}

func (c suiteCatalog) TranslatePlural(ctx context.Context, msgctxt, singular, plural string, n int) string {
	if n == 1 {
		return c.Translate(ctx, msgctxt, singular)
	}
	return c.Translate(ctx, msgctxt, plural)
}

// decodeTagged reads JSON in which {"$py": kind, "v": …} stands for Python values that JSON lacks.
func decodeTagged(raw json.RawMessage) Value {
	if len(raw) == 0 {
		return value.FromDict(value.NewDict(0))
	}
	v, err := FromJSON(raw)
	if err != nil {
		panic(err)
	}
	return untag(v)
}

func untag(v Value) Value {
	switch v.Kind() {
	case value.KindList:
		for i, x := range v.AsList().Items {
			v.AsList().Items[i] = untag(x)
		}
	case value.KindDict:
		d := v.AsDict()
		if tag, ok := d.GetStr("$py"); ok {
			content, _ := d.GetStr("v")
			return tagged(tag.AsString(), untag(content))
		}
		for k, x := range d.Copy().All() {
			d.SetStr(k.AsString(), untag(x))
		}
	}
	return v
}

func tagged(tag string, v Value) Value {
	switch tag {
	case "tuple":
		return value.Tuple(v.AsList().Items)
	case "markup":
		return value.Markup(v.AsString())
	case "bytes":
		return value.Bytes([]byte(v.AsString()))
	case "range":
		r := v.AsList().Items
		return value.FromRange(value.RangeOf{Start: r[0].AsInt(), Stop: r[1].AsInt(), Step: r[2].AsInt()})
	case "dict":
		d := value.NewDict(0)
		for _, pair := range v.AsList().Items {
			if err := d.Set(pair.AsList().Items[0], pair.AsList().Items[1]); err != nil {
				panic(err)
			}
		}
		return value.FromDict(d)
	case "iterator":
		items := v.AsList().Items
		i := 0
		return value.NewIter("list_iterator", value.IteratorFunc(func() (Value, bool, error) {
			if i == len(items) {
				return Value{}, false, nil
			}
			i++
			return items[i-1], true, nil
		}))
	}
	panic("unknown tag " + tag)
}
