package retort

import (
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/retort-go/retort/jinja"
)

// This file makes what developers see in the place of an error page, at their
// own machine and with [Config.Debug] alone. It shows where in the code and in
// the templates something failed, and no values: neither variables nor headers,
// cookies, the query or the form, for a screenshot goes far.

// debugs reports whether the request comes from a developer.
func (c *Ctx) debugs() bool { return c.App.Config.Debug && c.ClientIP().IsLoopback() }

// appendDebugPage needs no template, which might be what failed.
func (c *Ctx) appendDebugPage(dst []byte, e *Error, err error) []byte {
	title, kind := err.Error(), e.Name()
	failed, isTemplate := errors.AsType[*jinja.Error](err)
	if isTemplate {
		title, kind = failed.Message, failed.Kind
	}
	panicked, isPanic := errors.AsType[*PanicError](err)
	if isPanic {
		title, kind = fmt.Sprint(panicked.Value), "panic"
	}
	dst = c.appendHead(dst, fmt.Sprintf("%d %s", e.Status, kind))
	dst = fmt.Appendf(dst, "<header><p>%s</p><h1>%s</h1></header>\n", html.EscapeString(kind), html.EscapeString(title))
	if isTemplate {
		dst = appendTemplateFailure(dst, failed)
	}
	if text := err.Error(); text != title && text != "panic: "+title {
		dst = appendSection(dst, "What was tried", "<p>%s", html.EscapeString(text))
	}
	if isPanic {
		dst = appendSection(dst, "Go stack", "<pre>%s</pre>", html.EscapeString(strings.Join(calls(panicked.Stack), "\n")))
	}
	return fmt.Appendf(dst, "<footer><p>%s %s%s</p><p>This page is for this machine while <code>Debug</code> is on. "+
		"Everybody else gets a sentence and the request’s id, %s, by which the log knows the rest.</p></footer>\n",
		html.EscapeString(c.Request.Method), html.EscapeString(c.Request.URL.Path), endpointNote(c), c.ID())
}

func endpointNote(c *Ctx) string {
	if c.Endpoint() == "" {
		return ""
	}
	return ", endpoint " + html.EscapeString(c.Endpoint())
}

// appendTemplateFailure shows the line that failed and the way to it.
func appendTemplateFailure(dst []byte, e *jinja.Error) []byte {
	if e.Hint != "" {
		dst = fmt.Appendf(dst, "<p class=hint>%s</p>\n", html.EscapeString(e.Hint))
	}
	if len(e.Stack) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "<section><h2>%s</h2>\n", html.EscapeString(e.Stack[0].String()))
	if e.Excerpt != "" {
		dst = append(dst, "<pre>"...)
		dst = append(appendExcerpt(dst, e.Excerpt), "</pre>\n"...)
	}
	if len(e.Stack) > 1 {
		dst = append(dst, "<ol>\n"...)
		for _, f := range e.Stack[1:] {
			dst = fmt.Appendf(dst, "<li>from %s\n", html.EscapeString(f.String()))
		}
		dst = append(dst, "</ol>\n"...)
	}
	return append(dst, "</section>\n"...)
}

// appendExcerpt marks the line that failed and the caret below it.
func appendExcerpt(dst []byte, excerpt string) []byte {
	lines := strings.Split(excerpt, "\n")
	isCaret := func(i int) bool {
		number, _, _ := strings.Cut(lines[i], "|")
		return strings.TrimSpace(number) == ""
	}
	for i, text := range lines {
		if i > 0 {
			dst = append(dst, '\n')
		}
		text = html.EscapeString(text)
		if isCaret(i) || i+1 < len(lines) && isCaret(i+1) {
			text = "<b>" + text + "</b>"
		}
		dst = append(dst, text...)
	}
	return dst
}

func appendSection(dst []byte, heading, format string, args ...any) []byte {
	dst = fmt.Appendf(dst, "<section><h2>%s</h2>\n", heading)
	dst = fmt.Appendf(dst, format, args...)
	return append(dst, "\n</section>\n"...)
}

// calls are the functions of a stack between the app and the panic, and where
// they stand, without the words of memory that are their arguments.
func calls(stack []byte) []string {
	var out []string
	lines := strings.Split(strings.TrimSpace(string(stack)), "\n")
	for i := 1; i+1 < len(lines); i += 2 {
		function, place := lines[i], strings.TrimSpace(lines[i+1])
		if strings.HasPrefix(function, "panic(") {
			out = nil // what stands before it only took the stack
			continue
		}
		if strings.Contains(function, ".(*App).dispatch(") {
			break
		}
		if open := strings.LastIndexByte(function, '('); open > 0 {
			function = function[:open]
		}
		place, _, _ = strings.Cut(place, " +0x")
		out = append(out, function+"\n    "+place)
	}
	return out
}

// appendReloadErrors puts what is wrong with edited templates below a page made
// with their last good version, and into the log, once.
func (c *Ctx) appendReloadErrors(page []byte) []byte {
	if !c.debugs() {
		return page
	}
	for _, e := range c.App.jinja.ReloadErrors() {
		if _, seen := c.App.reloadErrors.LoadOrStore(e, true); !seen {
			c.App.Config.Logger.Error("an edited template is broken, its last good version is used", "error", e.Error(), "detail", fmt.Sprintf("%+v", e))
		}
		page = fmt.Appendf(page, "\n<style nonce=%q>.retort-broken{position:fixed;inset:auto 0 0 0;z-index:2147483647;max-height:50vh;overflow:auto;"+
			"box-sizing:border-box;margin:0;padding:.75rem 1rem;background:#7f1d1d;color:#fff;font:14px/1.5 ui-monospace,monospace;text-align:left}"+
			".retort-broken pre{margin:.5rem 0 0;white-space:pre;overflow-x:auto;background:none;color:inherit;font:inherit}</style>\n"+
			"<aside class=retort-broken role=alert>This page is made with the last good version of a template. The edited one is broken: %s",
			c.Nonce(), html.EscapeString(e.Error()))
		if e.Excerpt != "" {
			page = append(page, "<pre>"...)
			page = append(appendExcerpt(page, e.Excerpt), "</pre>"...)
		}
		page = append(page, "</aside>\n"...)
	}
	return page
}

// appendHead begins a page of the framework's own.
func (c *Ctx) appendHead(dst []byte, title string) []byte {
	return fmt.Appendf(dst, "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n"+
		"<title>%s</title>\n<style nonce=%q>%s</style>\n", html.EscapeString(title), c.Nonce(), errorStyle)
}

// errorStyle is plain enough for any site, and readable by day and by night.
const errorStyle = `
:root{color-scheme:light dark;--line:light-dark(#d4d4d8,#3f3f46);--soft:light-dark(#52525b,#a1a1aa);--red:light-dark(#b91c1c,#fca5a5);--box:light-dark(#f4f4f5,#27272a)}
body{margin:0 auto;padding:clamp(1.5rem,6vw,4rem) 1.25rem;max-width:60rem;background:light-dark(#fff,#18181b);color:light-dark(#18181b,#f4f4f5);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{margin:0;font-size:1.5rem;line-height:1.25}
h2{margin:2rem 0 .5rem;font-size:1rem}
h2+p{margin:0}
header p{margin:0 0 .25rem;color:var(--red);font-weight:600}
pre,code,ol{font:.875rem/1.6 ui-monospace,monospace}
pre{margin:0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--box);overflow-x:auto}
pre b{color:var(--red)}
ol{margin:.75rem 0 0;padding:0;list-style:none}
.hint{margin:.5rem 0 0}
small,footer{color:var(--soft)}
footer{margin-top:2.5rem;border-top:1px solid var(--line);font-size:.875rem}
`
