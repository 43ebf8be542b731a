// Package jinja renders Jinja2 templates, byte for byte as Python's Jinja 3.1 does, from Go data and at the speed of
// hand-written Go.
//
// It is an engine of its own because what makes Jinja templates hard to port is not their syntax but Python's values and
// Jinja's scoping: exact integers, Markup that survives operators, undefined values, names bound before the first line
// runs. Templates are compiled to flat bytecode with every name resolved, and run by one loop that appends to one buffer;
// Go data is read where it lies, without reflection and without conversion. Filters, functions and limits go through one
// [State], and attribute access through one door, so that untrusted templates can be run in a sandbox.
//
// An [Environment] holds the configuration and the compiled templates and is used by any number of goroutines:
//
//	env, err := jinja.New(jinja.Config{Loader: jinja.DirLoader("templates")})
//	…
//	tmpl, err := env.Template("page.html")
//	…
//	err = tmpl.Render(w, map[string]any{"user": user})
package jinja

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// Undefined is how a name or attribute that does not exist behaves.
type Undefined = value.Flavour

// The kinds of undefined values, as Jinja's Undefined, StrictUndefined, ChainableUndefined and DebugUndefined.
const (
	// UndefinedDefault prints nothing, is false and empty; other uses are errors.
	UndefinedDefault Undefined = value.FlavourDefault
	// UndefinedStrict makes every use an error except the tests defined and undefined and the filter default.
	UndefinedStrict Undefined = value.FlavourStrict
	// UndefinedChainable also allows attributes and items, which are undefined again.
	UndefinedChainable Undefined = value.FlavourChainable
	// UndefinedDebug prints the expression it stands for.
	UndefinedDebug Undefined = value.FlavourDebug
)

// Sandbox is how much a template may do with the values it is given.
type Sandbox = value.Sandbox

// The sandbox's levels. Give [Config].Limits with it: a sandbox without limits stops no endless loop.
const (
	// SandboxOff trusts the author of the templates; it is for templates that ship with the program.
	SandboxOff Sandbox = value.SandboxOff
	// SandboxOn hides attributes that start with an underscore and the methods of Go values.
	SandboxOn Sandbox = value.SandboxOn
	// SandboxImmutable also hides the methods that change lists and dicts.
	SandboxImmutable Sandbox = value.SandboxImmutable
)

// Mode is how autoescaping treats the place a value is printed to.
type Mode uint8

const (
	// Contextual writes exactly Jinja's bytes in text and quoted attributes, and makes values safe in the places where
	// Jinja's escaping does not: unquoted attributes, URLs, event handlers, scripts and styles.
	Contextual Mode = iota
	// Compat is Jinja's own escaping everywhere.
	Compat
	// Strict is Contextual, and refuses to compile a template with a place that is ambiguous or cannot be made safe.
	Strict
)

// Extension is a set of optional tags.
type Extension uint8

const (
	// ExtDo is {% do expression %}.
	ExtDo Extension = 1 << iota
	// ExtLoopControls is {% break %} and {% continue %}.
	ExtLoopControls
	// ExtI18n is {% trans %}; see [Config].Translator.
	ExtI18n
	// ExtDebug is {% debug %}, which prints the context and the names of filters and tests.
	ExtDebug
)

// Syntax is how templates are written, where that differs from Jinja's defaults.
type Syntax struct {
	BlockStart, BlockEnd       string // "{%" and "%}"
	VariableStart, VariableEnd string // "{{" and "}}"
	CommentStart, CommentEnd   string // "{#" and "#}"
	LineStatementPrefix        string // none
	LineCommentPrefix          string // none
}

// Limits bound one render. A zero field is no limit, except for Depth and Value, which always have one.
type Limits struct {
	// Steps is the work allowed: about one per instruction, per item a filter looks at, per 16 bytes built.
	Steps int64
	// Output is the size of the page in bytes.
	Output int
	// Depth is how deeply blocks, includes, macros and recursive loops may nest; 0 means 400.
	Depth int
	// Value is the size of any one value in bytes; 0 means 256 MiB.
	Value int64
	// Memory is the sum of the sizes of all values built, in bytes.
	Memory int64
	// Time is how long a render may take.
	Time time.Duration
}

// Config says how an [Environment] compiles and runs templates. The zero value is right for pages that ship with the
// program, but for a Loader.
type Config struct {
	// Loader finds templates by name. Without one only [Environment.FromString] works.
	Loader Loader
	// Autoescape says by template name whether values are escaped as HTML. By default names that end in .html, .htm, .xml,
	// .xhtml or .svg (also before .j2, .jinja or .jinja2), and templates made from strings, whose name is empty; nothing if
	// Native is set.
	Autoescape func(name string) bool
	// Mode is how escaping treats the place in the page.
	Mode Mode
	// Undefined is the kind of undefined values.
	Undefined Undefined

	// Globals are names known in every template. Values are converted as data is; functions may have any signature.
	Globals map[string]any
	// Filters and Tests are added to the built-in ones: func(*Call) (Value, error), or any function whose first parameter
	// is the filtered value and which returns a value, or a value and an error.
	Filters, Tests map[string]any
	// Tags are custom statements, by the name that begins them.
	Tags map[string]Tag

	// Syntax changes the delimiters.
	Syntax Syntax
	// TrimBlocks drops the newline after a block tag, LstripBlocks the blanks before one that starts a line.
	TrimBlocks, LstripBlocks bool
	// KeepTrailingNewline keeps the one newline at a template's end, which is dropped otherwise.
	KeepTrailingNewline bool
	// NewlineSequence is what ends a line in the output: "\n" (the default), "\r\n" or "\r".
	NewlineSequence string
	// Extensions are the optional tags that are known.
	Extensions Extension
	// Finalize, if set, is applied to each value before it is printed.
	Finalize func(Value) (Value, error)
	// Native keeps values as they are where a template prints a single one; see [Template.Native].
	Native bool

	// Translator translates {% trans %}; without one the text stands as it is written.
	Translator Translator
	// OldGettext has {% trans %} fill in variables with the % operator after translating, as before Jinja 2.5, instead
	// of leaving it to the translation function; i18n calls the other way newstyle.
	OldGettext bool
	// TrimTrans makes {% trans trimmed %} the default.
	TrimTrans bool

	// Sandbox is how much templates may do with their data.
	Sandbox Sandbox
	// Limits bound each render.
	Limits Limits
	// Reload looks for changed sources, for development. A source that no longer compiles leaves the last good version in
	// place; [Template.ReloadError] says why.
	Reload bool
	// Policies change what some filters do; the zero value is Jinja's.
	Policies Policies
}

// Policies are Jinja's policies for filters. The zero value is Jinja's defaults.
type Policies struct {
	// UrlizeRel is the rel attribute urlize writes: "" means noopener, "-" none.
	UrlizeRel string
	// UrlizeTarget is the target attribute urlize writes; none if empty.
	UrlizeTarget string
	// UrlizeSchemes are more schemes urlize links, besides http, https and mailto.
	UrlizeSchemes []string
	// TruncateLeeway is how much longer than asked a text may be before truncate cuts it: 0 means 5, negative none.
	TruncateLeeway int
	// JSONUnsorted keeps the order of keys in tojson, which sorts them otherwise.
	JSONUnsorted bool
}

// Environment holds compiled templates and what they have in common. It is safe for concurrent use and does not change,
// but for the templates it has loaded.
type Environment struct {
	cfg     Config
	syntax  syntax.Config
	filters map[string]*callee
	tests   map[string]*callee
	globals map[string]Value

	templates  sync.Map // name → *entry
	loading    sync.Mutex
	generation atomic.Uint64 // counts replaced templates; see link
}

// entry is the place of one template name in the cache.
type entry struct {
	current atomic.Pointer[Template]
	mu      sync.Mutex // held while the source is read again
	checked atomic.Int64
}

// reloadInterval is how long a template is taken for fresh before its source is asked again.
const reloadInterval = 200 * time.Millisecond

// New checks the configuration and returns an environment without templates; they are compiled on first use.
func New(cfg Config) (*Environment, error) {
	env := &Environment{cfg: cfg, globals: map[string]Value{}}
	if cfg.Autoescape == nil {
		env.cfg.Autoescape = autoescapeBySuffix
		if cfg.Native {
			env.cfg.Autoescape = func(string) bool { return false }
		}
	}
	if cfg.Limits.Depth == 0 {
		env.cfg.Limits.Depth = defaultDepth
	}
	env.syntax = syntax.Config{
		BlockStart: cfg.Syntax.BlockStart, BlockEnd: cfg.Syntax.BlockEnd,
		VariableStart: cfg.Syntax.VariableStart, VariableEnd: cfg.Syntax.VariableEnd,
		CommentStart: cfg.Syntax.CommentStart, CommentEnd: cfg.Syntax.CommentEnd,
		LineStatementPrefix: cfg.Syntax.LineStatementPrefix, LineCommentPrefix: cfg.Syntax.LineCommentPrefix,
		TrimBlocks: cfg.TrimBlocks, LstripBlocks: cfg.LstripBlocks,
		KeepTrailingNewline: cfg.KeepTrailingNewline, NewlineSequence: cfg.NewlineSequence,
		Do: cfg.Extensions&ExtDo != 0, LoopControls: cfg.Extensions&ExtLoopControls != 0,
		I18n: cfg.Extensions&ExtI18n != 0, Debug: cfg.Extensions&ExtDebug != 0,
		I18nTrimmed: cfg.TrimTrans, I18nNewstyle: !cfg.OldGettext,
	}
	if err := env.addTags(); err != nil {
		return nil, err
	}
	if err := env.syntax.Check(); err != nil {
		return nil, fmt.Errorf("jinja: %w", err)
	}
	return env, env.register()
}

const defaultDepth = 400

// register builds the tables of filters, tests and globals.
func (env *Environment) register() error {
	env.filters, env.tests = builtinCallees(builtinFilters), builtinCallees(builtinTests)
	if err := addCallees(env.filters, "filter", env.cfg.Filters); err != nil {
		return err
	}
	if err := addCallees(env.tests, "test", env.cfg.Tests); err != nil {
		return err
	}
	for name, v := range builtinGlobals(env) {
		env.globals[name] = v
	}
	if env.cfg.Extensions&ExtI18n != 0 {
		env.addGettext()
	}
	for name, v := range env.cfg.Globals {
		g, err := fromGo(name, v)
		if err != nil {
			return fmt.Errorf("jinja: global %s: %w", name, err)
		}
		env.globals[name] = g
	}
	return nil
}

// autoescapeBySuffix is the default of [Config].Autoescape.
func autoescapeBySuffix(name string) bool {
	if name == "" {
		return true
	}
	for _, s := range []string{".j2", ".jinja", ".jinja2"} {
		name = strings.TrimSuffix(name, s)
	}
	i := strings.LastIndexByte(name, '.')
	return i >= 0 && slices.Contains([]string{"html", "htm", "xml", "xhtml", "svg"}, strings.ToLower(name[i+1:]))
}

// Template returns the template of that name, compiled on first use. Under [Config].Reload the source is looked at again
// now and then. The error is a [*Error].
func (env *Environment) Template(name string) (*Template, error) {
	if e, ok := env.templates.Load(name); ok {
		e := e.(*entry)
		if t := e.current.Load(); !env.cfg.Reload || !e.due() {
			return t, nil
		}
		return env.reload(e), nil
	}
	return env.load(name)
}

// due reports, to one caller per interval, that it is time to look at the source.
func (e *entry) due() bool {
	now, last := time.Now().UnixNano(), e.checked.Load()
	return now-last > int64(reloadInterval) && e.checked.CompareAndSwap(last, now)
}

func (env *Environment) load(name string) (*Template, error) {
	if env.cfg.Loader == nil {
		return nil, &Error{Kind: "TypeError", Message: "no loader for this environment specified"}
	}
	env.loading.Lock()
	defer env.loading.Unlock()
	if e, ok := env.templates.Load(name); ok { // somebody else was faster
		return e.(*entry).current.Load(), nil
	}
	source, err := env.cfg.Loader.Load(name)
	if err != nil {
		return nil, env.loadError(name, err)
	}
	t, err := env.compile(name, source)
	if err != nil {
		return nil, err
	}
	e := new(entry)
	e.current.Store(t)
	e.checked.Store(time.Now().UnixNano())
	env.templates.Store(name, e)
	return t, nil
}

// loadError words a loader's failure. A name that does not exist gets a suggestion if the loader can list its names.
func (env *Environment) loadError(name string, err error) *Error {
	if !errors.Is(err, ErrNotFound) {
		return &Error{Kind: KindGo, Message: fmt.Sprintf("load template %s: %v", name, err), cause: err}
	}
	e := &Error{Kind: KindNotFound, Message: name, cause: err}
	if lister, ok := env.cfg.Loader.(Lister); ok {
		if names, err := lister.List(); err == nil {
			e.Hint = didYouMean(name, names)
		}
	}
	return e
}

// reload compiles a template anew if its source has changed, and returns the version to use.
func (env *Environment) reload(e *entry) *Template {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.current.Load()
	if old.fresh == nil || old.fresh() {
		return old
	}
	source, err := env.cfg.Loader.Load(old.name)
	if err != nil {
		old.reloadErr.Store(env.loadError(old.name, err))
		return old
	}
	t, err := env.compile(old.name, source)
	if err != nil {
		old.reloadErr.Store(asError(err))
		return old
	}
	e.current.Store(t)
	env.generation.Add(1)
	return t
}

// ReloadErrors returns why edited templates could not replace the versions in use, by name; see [Config].Reload. Templates
// that have not been asked for lately are left out: what nothing uses any more may be broken.
func (env *Environment) ReloadErrors() []*Error {
	var errs []*Error
	lately := time.Now().Add(-2 * reloadInterval).UnixNano()
	env.templates.Range(func(_, v any) bool {
		e := v.(*entry)
		if err := e.current.Load().reloadErr.Load(); err != nil && e.checked.Load() > lately {
			errs = append(errs, err)
		}
		return true
	})
	slices.SortFunc(errs, func(a, b *Error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// FromString compiles a template that has no name. The error is a [*Error].
func (env *Environment) FromString(source string) (*Template, error) {
	return env.compile("", Source{Text: source})
}

// FilterNames returns the names of all filters, sorted.
func (env *Environment) FilterNames() []string { return sortedNames(env.filters) }

// TestNames returns the names of all tests, sorted.
func (env *Environment) TestNames() []string { return sortedNames(env.tests) }

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
