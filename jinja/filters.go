package jinja

import (
	"fmt"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// builtinFilters are the engine's filters by name. Like Jinja they are computed when the template is compiled, if their
// arguments are constant and they do not need the context.
var builtinFilters = map[string]builtin{
	"abs":            {fn: filterAbs, fold: true},
	"attr":           {fn: filterAttr, fold: true},
	"batch":          {fn: filterBatch, fold: true},
	"capitalize":     {fn: stringMethod("do_capitalize", "capitalize"), fold: true, quick: quickText(value.AppendCapitalized)},
	"center":         {fn: filterCenter, fold: true},
	"count":          {fn: filterLength, fold: true, quick: quickLength},
	"d":              {fn: filterDefault, fold: true, quick: quickDefault},
	"default":        {fn: filterDefault, fold: true, quick: quickDefault},
	"dictsort":       {fn: filterDictsort, fold: true},
	"e":              {fn: filterEscape, fold: true, quick: quickEscape},
	"escape":         {fn: filterEscape, fold: true, quick: quickEscape},
	"filesizeformat": {fn: filterFilesizeformat, fold: true},
	"first":          {fn: filterFirst, fold: true},
	"float":          {fn: filterFloat, fold: true},
	"forceescape":    {fn: filterForceescape, fold: true},
	"format":         {fn: filterFormat, fold: true},
	"groupby":        {fn: filterGroupby, fold: true},
	"indent":         {fn: filterIndent, fold: true},
	"int":            {fn: filterInt, fold: true, quick: quickInt},
	"items":          {fn: filterItems, fold: true},
	"join":           {fn: filterJoin, fold: true, quick: quickJoin},
	"last":           {fn: filterLast, fold: true},
	"length":         {fn: filterLength, fold: true, quick: quickLength},
	"list":           {fn: filterList, fold: true},
	"lower":          {fn: stringMethod("do_lower", "lower"), fold: true, quick: quickText(value.AppendLower)},
	"map":            {fn: filterMap},
	"max":            {fn: filterExtreme("do_max", value.OpGt), fold: true},
	"min":            {fn: filterExtreme("do_min", value.OpLt), fold: true},
	"pprint":         {fn: filterPprint, fold: true},
	"random":         {fn: filterRandom},
	"reject":         {fn: filterSelect("sync_do_reject", true, false)},
	"rejectattr":     {fn: filterSelect("sync_do_rejectattr", true, true)},
	"replace":        {fn: filterReplace, fold: true, quick: quickReplace},
	"reverse":        {fn: filterReverse, fold: true},
	"round":          {fn: filterRound, fold: true, quick: quickRound},
	"safe":           {fn: filterSafe, fold: true},
	"select":         {fn: filterSelect("sync_do_select", false, false)},
	"selectattr":     {fn: filterSelect("sync_do_selectattr", false, true)},
	"slice":          {fn: filterSlice, fold: true},
	"sort":           {fn: filterSort, fold: true},
	"string":         {fn: filterString, fold: true, quick: quickString},
	"striptags":      {fn: filterStriptags, fold: true},
	"sum":            {fn: filterSum, fold: true},
	"title":          {fn: filterTitle, fold: true, quick: quickText(appendTitle)},
	"tojson":         {fn: filterTojson, fold: true},
	"trim":           {fn: filterTrim, fold: true, quick: quickTrim},
	"truncate":       {fn: filterTruncate, fold: true, quick: quickTruncate},
	"unique":         {fn: filterUnique, fold: true},
	"upper":          {fn: stringMethod("do_upper", "upper"), fold: true, quick: quickText(value.AppendUpper)},
	"urlencode":      {fn: filterUrlencode, fold: true},
	"urlize":         {fn: filterUrlize, fold: true},
	"wordcount":      {fn: filterWordcount, fold: true},
	"wordwrap":       {fn: filterWordwrap, fold: true},
	"xmlattr":        {fn: filterXmlattr, fold: true},
}

// signature is a filter's parameters as Jinja's Python function has them, for binding and for the messages of Python.
type signature struct {
	fn       string   // the Python function's name
	params   []string // the value filtered first
	required int
	hidden   int // parameters before these that Jinja passes itself
}

// bind puts the arguments of c in the order of the parameters; what is not given is missing.
func (sig *signature) bind(c *Call, out []Value) error {
	copy(out, c.Args)
	for i := range c.Kwargs {
		if err := sig.bindNamed(&c.Kwargs[i], len(c.Args), out); err != nil {
			return err
		}
	}
	if len(c.Args) > len(sig.params) {
		return sig.tooMany(len(c.Args))
	}
	for i := range sig.required {
		if out[i].IsMissing() {
			return sig.missing(out)
		}
	}
	return nil
}

func (sig *signature) bindNamed(kw *Kwarg, given int, out []Value) error {
	for i, name := range sig.params {
		if name != kw.Name {
			continue
		}
		if i < given {
			return typeError("%s() got multiple values for argument '%s'", sig.fn, name)
		}
		out[i] = kw.Value
		return nil
	}
	return typeError("%s() got an unexpected keyword argument '%s'", sig.fn, kw.Name)
}

func (sig *signature) tooMany(n int) error {
	takes := fmt.Sprintf("%d", len(sig.params)+sig.hidden)
	if sig.required < len(sig.params) {
		takes = fmt.Sprintf("from %d to %s", sig.required+sig.hidden, takes)
	}
	s := "s"
	if takes == "1" {
		s = ""
	}
	return typeError("%s() takes %s positional argument%s but %d were given", sig.fn, takes, s, n+sig.hidden)
}

func (sig *signature) missing(out []Value) error {
	var names []string
	for i, name := range sig.params[:sig.required] {
		if out[i].IsMissing() {
			names = append(names, "'"+name+"'")
		}
	}
	list := names[0]
	if n := len(names); n == 2 {
		list = names[0] + " and " + names[1]
	} else if n > 2 {
		list = strings.Join(names[:n-1], ", ") + ", and " + names[n-1]
	}
	s := ""
	if len(names) > 1 {
		s = "s"
	}
	return typeError("%s() missing %d required positional argument%s: %s", sig.fn, len(names), s, list)
}

func typeError(format string, args ...any) error { return value.Errorf("TypeError", format, args...) }

// argumentError is Jinja's FilterArgumentError.
func argumentError(format string, args ...any) error {
	return value.Errorf("FilterArgumentError", format, args...)
}

// one binds the arguments of a filter that takes none besides its value.
func one(fn string, hidden int, c *Call) (Value, error) {
	if len(c.Args) == 1 && len(c.Kwargs) == 0 {
		return c.Args[0], nil
	}
	sig := signature{fn: fn, params: []string{"value"}, required: 1, hidden: hidden}
	var a [1]Value
	err := sig.bind(c, a[:])
	return a[0], err
}

// isTrue is bool(v), where a missing argument is false.
func isTrue(v Value) (bool, error) {
	if v.IsMissing() {
		return false, nil
	}
	return value.Truth(v)
}

// hashable is the error of a value that cannot be looked up in a set or dict.
func hashable(v Value) error {
	_, _, err := value.NewDict(0).Get(v)
	return err
}

// given reports whether an optional argument is there and not None.
func given(v Value) bool { return !v.IsMissing() && !v.IsNone() }

// intOr returns an int argument, or the default when it is missing.
func intOr(v Value, def int) (int, error) {
	if v.IsMissing() {
		return def, nil
	}
	i, ok := value.Index(v)
	if !ok {
		return 0, typeError("'%s' object cannot be interpreted as an integer", value.TypeName(v))
	}
	return int(i), nil
}

// softStr is markupsafe.soft_str: a string as it is, Markup too, anything else as str.
func softStr(m *Meter, v Value) (Value, error) {
	if v.IsString() {
		return v, nil
	}
	s, err := value.ToStr(m, v)
	return value.Str(s), err
}
