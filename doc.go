// Package retort is a web framework in Flask's shape: apps, blueprints,
// converters in routes, Jinja2 templates, signed sessions, signals and a test
// client, safe with nothing configured.
//
//	app := retort.New(retort.Config{Debug: true})
//	app.Get("/hello/<name>", hello)
//	log.Fatal(app.Run("127.0.0.1:8000"))
//
//	func hello(c *retort.Ctx) error {
//		return c.Text("Hello, " + c.Param("name") + "!")
//	}
//
// # The life of a request
//
// An [App] is an [http.Handler]. A [Handler] describes a response on its [Ctx],
// or returns an error; only then is anything written. What happens in between
// stands in one file, dispatch.go:
//
//	host allowed, body bounded → route → origin and CSRF token →
//	Before hooks, outermost first → handler → on error the error handler or page →
//	After hooks, innermost first → session saved, Vary → security headers →
//	one write → Teardown hooks
//
// Every answer takes this way, refusals too, so all have the same headers and
// the same look.
//
// # Where things are
//
// [Config] holds the settings; whatever turns a defence off starts with
// Insecure. [Blueprint] is a part of an app with its own routes, hooks, error
// handlers, templates and static files. [Session], [Flash], [Error] and
// [Signal] are what their Flask namesakes are. Package retorttest has the test
// client. The packages below (route, jinja, sign, secure, csrf) know nothing of
// this one and are of use by themselves.
package retort
