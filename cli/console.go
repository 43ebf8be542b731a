package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/retort-go/retort"
)

const consoleHelp = `Type a request; cookies are kept, and forms get their CSRF token from the last page.
  GET /path?query
  POST /path name=value name=value
  routes   list the routes
  help     this text
  exit     leave (or end of input)
`

// console answers requests typed by hand, without a network: Flask's shell for
// a framework whose insides are not open to a prompt.
func (p Program) console() *Command {
	c := &Command{Name: "console", Usage: "send requests to the app by hand, or the one that is given",
		ArgsUsage: "[METHOD /path [name=value…]]"}
	return p.withApp(c, func(ctx context.Context, cmd *Command, app *retort.App) error {
		if err := app.Compile(); err != nil {
			return err
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		in := cmd.Root().Reader
		if in == nil {
			in = os.Stdin
		}
		t := &terminal{ctx: ctx, app: app, out: cmd.Root().Writer, jar: jar}
		if words := cmd.Args().Slice(); len(words) > 0 {
			return t.once(words)
		}
		_, _ = fmt.Fprint(t.out, consoleHelp)
		lines := bufio.NewScanner(in)
		for t.prompt(); lines.Scan(); t.prompt() {
			line := strings.TrimSpace(lines.Text())
			if line == "exit" {
				return nil
			}
			t.do(line)
		}
		return lines.Err()
	})
}

type terminal struct {
	ctx   context.Context
	app   *retort.App
	out   io.Writer
	jar   *cookiejar.Jar
	token string // of the last page
}

func (t *terminal) prompt() { _, _ = fmt.Fprint(t.out, "> ") }

func (t *terminal) do(line string) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "help":
		_, _ = fmt.Fprint(t.out, consoleHelp)
	case "routes":
		routes, _ := t.app.Routes()
		for _, r := range routes {
			_, _ = fmt.Fprintln(t.out, strings.Join(r.Methods, ","), r.Pattern, r.Endpoint)
		}
	default:
		if len(words) < 2 || !strings.HasPrefix(words[1], "/") {
			_, _ = fmt.Fprintln(t.out, "That is neither a command nor a METHOD and a /path; help lists what there is.")
			return
		}
		if err := t.send(strings.ToUpper(words[0]), words[1], words[2:]); err != nil {
			_, _ = fmt.Fprintln(t.out, err)
		}
	}
}

// once sends the request of the command line.
func (t *terminal) once(words []string) error {
	if len(words) < 2 || !strings.HasPrefix(words[1], "/") {
		return fmt.Errorf("%w: console takes a METHOD and a /path, or nothing", ErrUsage)
	}
	return t.send(strings.ToUpper(words[0]), words[1], words[2:])
}

// send makes the request as the app's own pages would.
func (t *terminal) send(method, path string, fields []string) error {
	form := url.Values{}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		form.Add(name, value)
	}
	if t.token != "" && !form.Has("csrf_token") {
		form.Set("csrf_token", t.token)
	}
	var body io.Reader = http.NoBody
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.ctx, method, "http://localhost"+path, body)
	if err != nil {
		return err
	}
	r.RemoteAddr = "127.0.0.1:0"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range t.jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	w := &answer{header: http.Header{}}
	t.app.ServeHTTP(w, r)
	t.jar.SetCookies(r.URL, (&http.Response{Header: w.header}).Cookies())
	if _, rest, ok := strings.Cut(w.body.String(), `name="csrf_token" value="`); ok {
		t.token, _, _ = strings.Cut(rest, `"`)
	}
	return w.print(t.out)
}

// answer is a response kept in memory.
type answer struct {
	status int
	header http.Header
	body   strings.Builder
}

func (w *answer) Header() http.Header         { return w.header }
func (w *answer) WriteHeader(status int)      { w.status = status }
func (w *answer) Write(p []byte) (int, error) { return w.body.Write(p) }

func (w *answer) print(out io.Writer) error {
	_, _ = fmt.Fprintln(out, w.status, http.StatusText(w.status))
	names := make([]string, 0, len(w.header))
	for name := range w.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range w.header[name] {
			_, _ = fmt.Fprintf(out, "%s: %s\n", name, v)
		}
	}
	_, err := fmt.Fprintf(out, "\n%s\n", w.body.String())
	return err
}
