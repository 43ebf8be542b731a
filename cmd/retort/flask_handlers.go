package main

import (
	"cmp"
	"fmt"
	"go/format"
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/retort-go/retort/route"
)

// writeHandlers writes a file for each blueprint, and one for the application's own
// routes: what there is to port, in the order of the old files.
func (m *importer) writeHandlers() error {
	var mounts strings.Builder
	used := map[string]bool{"main": true, "mount": true, "port": true}
	groups := append([]flaskBlueprint{{Registered: true}}, m.project.Blueprints...)
	slices.SortStableFunc(groups[1:], func(a, b flaskBlueprint) int { return cmp.Compare(a.Name, b.Name) })
	for i, bp := range groups {
		switch {
		case i > 0 && (bp.Name == "" || strings.Contains(bp.Name, ".") || goName(bp.Name) == ""):
			m.note("%s:%d: a blueprint whose name is %q; give it one without dots", bp.File, bp.Line, bp.Name)
			continue
		case i > 0 && slices.ContainsFunc(groups[1:i], func(b flaskBlueprint) bool { return b.Name == bp.Name }):
			m.note("%s:%d: a second blueprint %q", bp.File, bp.Line, bp.Name)
			continue
		case !bp.Registered:
			m.note("%s:%d: the blueprint %q is registered nowhere that can be seen; its prefix may be another", bp.File, bp.Line, bp.Name)
		}
		if err := m.writeGroup(bp, used, &mounts); err != nil {
			return err
		}
	}
	code := "package main\n\nimport \"github.com/retort-go/retort\"\n\n// mount puts all blueprints into the app.\nfunc mount(app *retort.App) {\n" + mounts.String() + "}\n"
	return m.writeGo("mount.go", code)
}

// writeGroup writes the routes of one blueprint.
func (m *importer) writeGroup(bp flaskBlueprint, used map[string]bool, mounts *strings.Builder) error {
	group := cmp.Or(bp.Name, "pages")
	mount := unused(used, goName("mount_"+group))
	var lines, handlers strings.Builder
	names := map[string]string{} // handlers by endpoint
	for _, v := range m.project.Views {
		if v.Blueprint != bp.Name || !m.portable(bp, v) {
			continue
		}
		name, known := names[v.Endpoint]
		if !known {
			prefix := ""
			if bp.Name != "" {
				prefix = bp.Name + "_"
			}
			name = unused(used, goName(prefix+v.Endpoint))
			names[v.Endpoint] = name
			fmt.Fprintf(&handlers, "\n%s\nvar %s retort.Handler\n", viewComment(name, v), name)
		}
		methods := ""
		for _, method := range v.Methods {
			methods += fmt.Sprintf(", %q", method)
		}
		fmt.Fprintf(&lines, "\tport(s, %q, %q, %s%s)\n", v.Rule, v.Endpoint, name, methods)
	}
	target := "&app.Scaffold"
	setup := ""
	if bp.Name != "" {
		target = "&bp.Scaffold"
		setup = fmt.Sprintf("\tbp := retort.NewBlueprint(%q, %q)\n", bp.Name, bp.Prefix)
	}
	code := fmt.Sprintf("package main\n\nimport \"github.com/retort-go/retort\"\n\n"+
		"// Each handler below is nil, and its route the old application's, until it is\n// written as a function of the same name:\n//\n//\tfunc name(c *retort.Ctx) error { … }\n\n"+
		"func %s(app *retort.App) {\n%s\ts := %s\n%s", mount, setup, target, lines.String())
	if lines.Len() == 0 {
		code += "\t_ = s // no routes were found\n"
	}
	if bp.Name != "" {
		code += "\tapp.Mount(bp)\n"
	}
	fmt.Fprintf(mounts, "\t%s(app)\n", mount)
	// The go command takes what stands behind the last underscore for a system, or a
	// test, if it is called so; a blueprint may be.
	file := unused(used, strings.ToLower(goName(group))+"_bp") + ".go"
	return m.writeGo(file, code+"}\n"+handlers.String())
}

// portable reports whether the route can stand in the new app, and notes why not.
func (m *importer) portable(bp flaskBlueprint, v flaskView) bool {
	if strings.Contains(v.Endpoint, ".") || goName(v.Endpoint) == "" {
		m.note("%s:%d: the endpoint %q is no name", v.File, v.Line, v.Endpoint)
		return false
	}
	if err := route.New(route.Options{}).Add(route.Rule{Path: bp.Prefix + v.Rule, Endpoint: v.Endpoint, Methods: v.Methods}); err != nil {
		m.note("%s:%d: %s: %v; a converter of the application's own has to be written first", v.File, v.Line, v.Endpoint, err)
		return false
	}
	if v.Defaults {
		m.note("%s:%d: %s has defaults; give them with Route.Defaults", v.File, v.Line, v.Endpoint)
	}
	return true
}

func viewComment(name string, v flaskView) string {
	text := fmt.Sprintf("// %s is %s at %s:%d.", name, v.Endpoint, v.File, v.Line)
	for _, part := range []struct {
		what string
		list []string
	}{{"It renders", v.Renders}, {"It uses", v.Uses}, {"It is decorated with", v.Decorators}} {
		if len(part.list) > 0 {
			text += fmt.Sprintf("\n// %s %s.", part.what, oneLine(strings.Join(part.list, ", ")))
		}
	}
	if v.Doc != "" {
		text += "\n// " + oneLine(v.Doc)
	}
	return text
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// goName is a Python name as Go writes it, empty if there is nothing of it.
func goName(name string) string {
	var b strings.Builder
	upper := false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0:
			if upper && b.Len() > 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			upper = false
		default:
			upper = true
		}
	}
	rs := []rune(b.String())
	if len(rs) > 0 {
		rs[0] = unicode.ToLower(rs[0])
	}
	return string(rs)
}

// unused is name, or name with a number that makes it new.
func unused(used map[string]bool, name string) string {
	if token.IsKeyword(name) || slices.Contains([]string{"app", "bp", "s", "retort", "init", "nil", "string", "embedded", "oldRoutes", "new"}, name) {
		name += "Page"
	}
	try := name
	for i := 2; used[try]; i++ {
		try = fmt.Sprintf("%s%d", name, i)
	}
	used[try] = true
	return try
}

func (m *importer) writeGo(name, code string) error {
	text, err := format.Source([]byte(code))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return m.out.WriteFile(name, text, 0o644)
}
