package retort

import (
	"net/http"
	"slices"
)

// RouteInfo describes one route of an app, as `routes` lists it.
type RouteInfo struct {
	Endpoint string
	Methods  []string // without the automatic HEAD and OPTIONS; nil for any
	Pattern  string   // with the prefixes of the blueprints around it
	Host     string   // the pattern of the host it is for; empty for any

	// Description is what [Route.Describe] was given, such as the types that an API
	// takes and gives.
	Description any
}

// Routes lists the app's routes in the order in which they were declared.
func (a *App) Routes() ([]RouteInfo, error) {
	if err := a.Compile(); err != nil {
		return nil, err
	}
	var list []RouteInfo
	for rule := range a.routes.Rules() {
		info := RouteInfo{Endpoint: rule.Endpoint, Methods: slices.Clone(rule.Methods), Pattern: rule.Path}
		switch {
		case a.Config.HostMatching:
			info.Host = rule.Host
		case a.Config.SubdomainMatching:
			info.Host = below(rule.Subdomain, a.Config.ServerName)
		}
		if slices.Contains(info.Methods, http.MethodGet) {
			info.Methods = slices.DeleteFunc(info.Methods, func(m string) bool { return m == http.MethodHead })
		}
		if r, ok := rule.Handler.(*compiledRoute); ok {
			info.Description = r.description
		}
		list = append(list, info)
	}
	return list, nil
}
