package retort

// A Blueprint is a named part of an application, declared by itself and mounted
// on an [App] or another blueprint later. Its endpoints are "name.endpoint", its
// URLs start with its prefix, and its hooks and error handlers hold for its own
// routes only.
type Blueprint struct {
	Scaffold

	Name   string // starts the endpoints; no dots
	Prefix string // starts the URLs, e.g. "/blog"; may hold parameters

	// Subdomain limits the blueprint's routes to a subdomain, but for those that
	// name one themselves. A blueprint within it is below: "api.shop". See
	// [Route.Subdomain].
	Subdomain string

	// AppHooks run for every request of the app that the blueprint is mounted on,
	// after the app's own.
	AppHooks Hooks
}

// NewBlueprint returns a blueprint with the given name and URL prefix.
func NewBlueprint(name, prefix string) *Blueprint {
	return &Blueprint{Name: name, Prefix: prefix}
}
