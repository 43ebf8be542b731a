package retort

import "fmt"

// An Extension adds something to an app: routes, hooks, names in templates, what
// has to be closed. Extend is called once, while the app is put together, and
// uses what any program can: [Scaffold.Mount], [Hooks.After], [App.Global],
// [App.OnClose]. Its settings are the extension's own fields; its error says what
// is wrong with them and the cure.
//
//	type Banner struct{ Text string }
//
//	func (b Banner) Extend(app *retort.App) error {
//		if b.Text == "" {
//			return errors.New("banner: Text is empty")
//		}
//		app.Global("banner", b.Text)
//		return nil
//	}
type Extension interface {
	Extend(app *App) error
}

// Extend adds extensions to the app, in their order. What is wrong with one is
// reported when the app compiles, with all other mistakes in setup.
func (a *App) Extend(extensions ...Extension) {
	a.open("Extend")
	for _, e := range extensions {
		if err := e.Extend(a); err != nil {
			a.invalid = append(a.invalid, fmt.Errorf("extension %T: %w", e, err))
		}
	}
}
