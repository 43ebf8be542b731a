package retort

import (
	"github.com/retort-go/retort/jinja"
)

// LintTemplates looks through the templates of the app and its blueprints for
// what is unsafe or mistaken, knowing the app's filters, tests and globals; see
// [jinja.Environment.Lint]. It compiles the app.
func (a *App) LintTemplates() ([]jinja.Finding, error) {
	if err := a.Compile(); err != nil {
		return nil, err
	}
	own, err := jinja.ChoiceLoader(a.loaders(&a.Scaffold, nil)...).(jinja.Lister).List()
	if err != nil || len(own) == 0 {
		return nil, err
	}
	return a.jinja.Lint(own...)
}
