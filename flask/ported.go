package flask

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/retort-go/retort"
)

// PortedPath is where [Old.Mount] lists what is served where. It answers to
// requests from this machine only.
const PortedPath = "/__retort/ported"

// A PortedRoute is a line of the list.
type PortedRoute struct {
	Endpoint string   `json:"endpoint"`
	Methods  []string `json:"methods"` // nil for any
	Pattern  string   `json:"pattern"`
	Server   string   `json:"server"` // "retort" or "flask"
}

func (o *Old) mountPorted(app *retort.App) {
	app.Get(PortedPath, o.ported).Named("retort_ported")
}

// ported answers with the list, in JSON for programs.
func (o *Old) ported(c *retort.Ctx) error {
	if !fromHere(c) {
		return &retort.Error{Status: http.StatusNotFound}
	}
	routes, err := o.Ported(c.App)
	if err != nil {
		return err
	}
	if strings.Contains(c.Header("Accept"), "json") {
		return c.JSON(map[string]any{"old": o.target.String(), "clock_ahead": o.skew.Load(), "routes": routes})
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "SERVED BY\tENDPOINT\tMETHODS\tPATTERN")
	here := 0
	for _, r := range routes {
		if r.Server == "retort" {
			here++
		}
		methods := strings.Join(r.Methods, ", ")
		if methods == "" {
			methods = "any"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Server, r.Endpoint, methods, r.Pattern)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&b, "\n%d routes here, %d at %s, and whatever else is asked for there too.\n", here, len(routes)-here, o.target)
	if o.Routes == nil {
		b.WriteString("The old application's routes are not known: see `retort flask export-routes`.\n")
	}
	if ahead := o.skew.Load(); ahead > 2 || ahead < -2 {
		fmt.Fprintf(&b, "This server's clock is %d s ahead of the old application's.\n", ahead)
	}
	return c.Text(b.String())
}

// fromHere reports whether a request comes from this machine, by no proxy that
// might bring strangers.
func fromHere(c *retort.Ctx) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if c.Header(name) != "" {
			return false
		}
	}
	return c.ClientIP().IsLoopback()
}

// Ported lists the routes of app, and those of the old application that app has not
// taken over: whose pattern it has not, or not for all their methods.
func (o *Old) Ported(app *retort.App) ([]PortedRoute, error) {
	own, err := app.Routes()
	if err != nil {
		return nil, err
	}
	var list []PortedRoute
	taken := map[string][]string{} // methods by shape of the pattern
	for _, r := range own {
		methods := slices.DeleteFunc(r.Methods, func(m string) bool { return m == http.MethodHead })
		list = append(list, PortedRoute{r.Endpoint, methods, r.Pattern, "retort"})
		if methods == nil {
			methods = []string{"*"}
		}
		taken[shape(r.Pattern)] = append(taken[shape(r.Pattern)], methods...)
	}
	if o.Routes == nil {
		return list, nil
	}
	for r := range o.Routes.All() {
		here := taken[shape(r.Rule)]
		if r.BuildOnly || slices.Contains(here, "*") {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(r.Methods), func(m string) bool { return slices.Contains(here, m) })
		if len(left) > 0 || r.Methods == nil {
			list = append(list, PortedRoute{r.Endpoint, left, r.Rule, "flask"})
		}
	}
	return list, nil
}

// variable is one in a pattern, its converter apart from its name.
var variable = regexp.MustCompile(`<(?:([^<>:]*):)?[^<>]*>`)

// shape is a pattern without the names of its variables.
func shape(pattern string) string {
	return variable.ReplaceAllString(pattern, "<$1>")
}
