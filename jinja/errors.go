package jinja

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

// Kinds of template errors. They carry the names of Jinja's and Python's exception classes, because people
// search for those; a kind not listed here (TypeError, ZeroDivisionError, …) is Python's name for the failure.
const (
	KindSyntax    = "TemplateSyntaxError"    // the source cannot be parsed
	KindAssertion = "TemplateAssertionError" // it parses, but says something impossible (unknown filter, block twice)
	KindNotFound  = "TemplateNotFound"       // a named template does not exist
	KindNoneFound = "TemplatesNotFound"      // none of a list of templates exists
	KindRuntime   = "TemplateRuntimeError"   // the template asks for something impossible while it runs
	KindUndefined = "UndefinedError"         // an undefined value was used
	KindSecurity  = "SecurityError"          // the sandbox refused an operation
	KindLimit     = "LimitError"             // the render went over one of its [Limits]
	KindGo        = "Error"                  // a Go function called by the template failed; Unwrap gives its error
	KindEscape    = "EscapeError"            // a place where no value can be written safely
)

// Error is a failure to compile or render a template, with everything a person needs to find the cause.
// Match it with [errors.As]; what a called Go function returned is reached by [errors.Is] through it.
type Error struct {
	// Kind is one of the Kind constants or the name of a Python exception.
	Kind string
	// Message is worded as Jinja words it.
	Message string
	// Stack leads from the place of the failure (first) out to the template that was rendered (last).
	// It is empty only if the template was not found at all.
	Stack []Frame
	// Excerpt is the failing line with its neighbours and a caret below the column; it may be empty.
	Excerpt string
	// Hint is a suggestion such as "did you mean 'username'?"; it may be empty.
	Hint string

	cause error
	done  bool // the stack is complete
}

// Frame is one level of template code that was active when an error happened.
type Frame struct {
	// Template is the template's name, "<template>" if it was made from a string.
	Template string
	// Line is what Jinja would say: the line of the statement, or of the expression that is printed. Col is where in it
	// something failed, in bytes; it is 0 where that is not known, or on a later line, which the excerpt shows. Both are
	// 1-based.
	Line, Col int
	// Kind and Name say which part of the template it was: "block" body, "macro" button, "caller", "loop",
	// or both empty for the template's top level.
	Kind, Name string
}

// String formats a frame as `page.html:3:12 in block "body"`.
func (f Frame) String() string {
	var b strings.Builder
	b.WriteString(f.Template)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Col > 0 {
			fmt.Fprintf(&b, ":%d", f.Col)
		}
	}
	if f.Kind != "" {
		b.WriteString(" in " + f.Kind)
		if f.Name != "" {
			fmt.Fprintf(&b, " %q", f.Name)
		}
	}
	return b.String()
}

// Error is one line: place, message, suggestion. Use %+v for the stack and the excerpt.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Stack) > 0 {
		b.WriteString(e.Stack[0].String())
		b.WriteString(": ")
	}
	if e.Kind == KindNotFound {
		b.WriteString("there is no template ") // Python's message is the name alone
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the Go error behind the failure, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Line returns the 1-based line of the failure in the innermost template, 0 if there is none.
func (e *Error) Line() int {
	if len(e.Stack) == 0 {
		return 0
	}
	return e.Stack[0].Line
}

// Format prints the one line of Error for %v and %s, and for %+v also the excerpt and the template stack.
func (e *Error) Format(s fmt.State, verb rune) {
	if verb != 'v' || !s.Flag('+') {
		_, _ = io.WriteString(s, e.Error())
		return
	}
	_, _ = io.WriteString(s, e.detail())
}

func (e *Error) detail() string {
	var b strings.Builder
	b.WriteString(e.Kind + ": " + e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	b.WriteByte('\n')
	if len(e.Stack) > 0 {
		b.WriteString("  at " + e.Stack[0].String() + "\n")
	}
	if e.Excerpt != "" {
		b.WriteString("\n" + e.Excerpt + "\n")
	}
	for i := 1; i < len(e.Stack); i++ {
		b.WriteString("  from " + e.Stack[i].String() + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

const (
	excerptContext = 2   // lines shown above and below the failing one
	excerptWidth   = 160 // bytes of a line shown; minified pages have lines of megabytes
)

// excerpt renders the lines around a position with a caret under the column.
func excerpt(source string, line, col int) string {
	if line < 1 {
		return ""
	}
	first := max(1, line-excerptContext)
	start := 0
	for n := 1; n < first; n++ {
		i := strings.IndexByte(source[start:], '\n')
		if i < 0 {
			return ""
		}
		start += i + 1
	}
	width := len(fmt.Sprint(line + excerptContext))
	var b strings.Builder
	for n := first; n <= line+excerptContext && start <= len(source); n++ {
		end := len(source)
		if i := strings.IndexByte(source[start:], '\n'); i >= 0 {
			end = start + i
		}
		text := strings.TrimSuffix(source[start:end], "\r")
		shown, shift := clip(text, col, n == line)
		fmt.Fprintf(&b, "  %*d | %s\n", width, n, shown)
		if n == line && col > 0 {
			fmt.Fprintf(&b, "  %*s | %s^\n", width, "", caretPad(shown, col-1-shift))
		}
		start = end + 1
	}
	return strings.TrimRight(b.String(), "\n")
}

// clip shortens an over-long line, around the column if it is the failing line. It returns what is shown
// and how many bytes were dropped in front of it.
func clip(text string, col int, failing bool) (shown string, shift int) {
	if len(text) <= excerptWidth {
		return text, 0
	}
	if failing && col > excerptWidth/2 {
		shift = min(col-excerptWidth/2, len(text)-excerptWidth)
	}
	for shift > 0 && !utf8.RuneStart(text[shift]) {
		shift--
	}
	end := shift + excerptWidth
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return text[shift:min(end, len(text))], shift
}

// caretPad keeps tabs, so that the caret stands under its column however wide a tab is shown.
func caretPad(text string, n int) string {
	var b strings.Builder
	for i, r := range text {
		if i >= n {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// didYouMean returns a hint naming the candidate nearest to name, or "" if none is near enough to be a typo.
func didYouMean(name string, candidates []string) string {
	best, bestDistance := "", 1+len(name)/4
	for _, c := range candidates {
		if c == name {
			continue
		}
		d := editDistance(name, c, bestDistance)
		if d == len(name) { // another name altogether
			continue
		}
		if d < bestDistance || d == bestDistance && (best == "" || c < best) {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean '%s'?", best)
}

// editDistance is the optimal string alignment distance (insert, delete, change, swap neighbours),
// or limit+1 as soon as it must exceed limit.
func editDistance(a, b string, limit int) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][65]int
	before, previous, current := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			current[j] = d
		}
		before, previous, current = previous, current, before
	}
	return min(previous[len(b)], limit+1)
}

// ErrOutput is what an error wraps when the page is longer than [Limits].Output.
var ErrOutput = errors.New("too much output")

// fail makes an error of the innermost function a [*Error] with the template stack. One that is a finished Error already, from
// a template called by Go code called by a template, stays as it is.
func (vm *vm) fail(err error) error {
	e := asError(err)
	if e.done {
		return e
	}
	e.done = true
	if len(e.Stack) > 0 { // an included template that does not compile
		e.Stack = append(e.Stack[:len(e.Stack):len(e.Stack)], vm.traceback()...)
		return e
	}
	e.Stack = vm.traceback()
	if vm.depth > 0 {
		f := vm.frames[vm.depth-1]
		from := f.origin()
		e.Excerpt = excerpt(f.fn.tmpl.source.Text, int(from.line), int(from.col))
		if e.Hint == "" {
			e.Hint = vm.hint(f, err)
		}
	}
	return e
}

// origin is where a frame stands: the instruction that runs is the one before pc.
func (f *frame) origin() origin {
	if i := f.pc - 1; i >= 0 && i < len(f.fn.from) {
		return f.fn.from[i]
	}
	return origin{}
}

func (vm *vm) traceback() []Frame {
	out := make([]Frame, 0, vm.depth)
	for i := vm.depth - 1; i >= 0; i-- {
		f := vm.frames[i]
		from := f.origin()
		frame := Frame{Template: f.fn.tmpl.display(), Line: int(from.statement), Kind: f.fn.kind, Name: f.fn.name}
		if from.line == from.statement {
			frame.Col = int(from.col)
		}
		out = append(out, frame)
	}
	return out
}

// asError makes any error a [*Error].
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var ve *value.Error
	if errors.As(err, &ve) {
		return &Error{Kind: ve.Type, Message: ve.Msg, cause: err}
	}
	var le *value.LimitError
	if errors.As(err, &le) {
		return &Error{Kind: KindLimit, Message: le.Msg, cause: err}
	}
	return &Error{Kind: KindGo, Message: err.Error(), cause: err}
}

// errorMessage is an error's text without its class.
func errorMessage(err error) string { return asError(err).Message }

// hint suggests what a name that is undefined may have been meant to be.
func (vm *vm) hint(f *frame, err error) string {
	e := asError(err)
	var ve *value.Error
	if errors.As(err, &ve) && len(ve.Known) > 0 {
		_, name, _ := strings.Cut(e.Message, " has no attribute ")
		return didYouMean(strings.Trim(name, "'"), ve.Known)
	}
	if e.Kind != KindUndefined || !strings.HasSuffix(e.Message, " is undefined") {
		return ""
	}
	name := strings.Trim(strings.TrimSuffix(e.Message, " is undefined"), "'")
	known := value.FieldNames(vm.data)
	for _, b := range append(f.ctx.handed[:len(f.ctx.handed):len(f.ctx.handed)], f.ctx.vars...) {
		known = append(known, b.name)
	}
	for global := range vm.env.globals {
		known = append(known, global)
	}
	return didYouMean(name, known)
}
