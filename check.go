package retort

import (
	"bytes"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort/sign"
)

// A Finding is something about an app that should be known before it is
// deployed. Its ID never changes its meaning, so that it can be searched for
// and, with a reason, ignored.
type Finding struct {
	ID    string // "R001"
	Error bool   // the app must not be deployed like this; otherwise a warning
	Text  string // what is wrong
	Cure  string // what to do
}

// String is the finding on one line.
func (f Finding) String() string {
	level := "warning"
	if f.Error {
		level = "error"
	}
	return f.ID + " " + level + ": " + f.Text + "; " + f.Cure
}

// Check looks for settings that are unsafe in production, as Django's
// `check --deploy` does. It compiles the app; if that fails, the error comes
// beside what was found.
func (a *App) Check() ([]Finding, error) {
	err := a.Compile()
	var found []Finding
	for _, k := range checks {
		if k.bad(a) {
			found = append(found, Finding{k.id, k.error, k.text, k.cure})
		}
	}
	return found, err
}

// check is one thing that Check looks at.
type check struct {
	id         string
	error      bool
	text, cure string
	bad        func(a *App) bool
}

const year = 365 * 24 * time.Hour

// checks are in the order of their ids; a new one goes to the end.
var checks = []check{
	{"R001", true, "there is no SecretKey, so sessions and tokens cannot be signed", "make one with `retort secret` and set SECRET_KEY",
		func(a *App) bool { return len(a.Config.SecretKey) == 0 }},
	{"R002", true, "SecretKey is weak: whoever guesses it makes himself anybody's session", "make one with `retort secret`",
		func(a *App) bool { return len(a.Config.SecretKey) > 0 && sign.Check(a.Config.SecretKey) != nil }},
	{"R003", true, "one of SecretKeyFallbacks is weak, and what it signs is still accepted", "remove it",
		func(a *App) bool {
			return slices.ContainsFunc(a.Config.SecretKeyFallbacks, func(k []byte) bool { return sign.Check(k) != nil })
		}},
	{"R004", false, "SecretKeyFallbacks holds the SecretKey itself, so nothing was rotated", "replace SecretKey, then move the old one to the fallbacks",
		func(a *App) bool {
			return slices.ContainsFunc(a.Config.SecretKeyFallbacks, func(k []byte) bool { return bytes.Equal(k, a.Config.SecretKey) })
		}},
	{"R005", true, "Debug is on: error pages show the insides of the app", "turn it off",
		func(a *App) bool { return a.Config.Debug }},
	{"R006", true, "TrustedHosts is empty, so the app answers for this machine's own names only", "name the hosts it is reached by",
		func(a *App) bool { return len(a.Config.TrustedHosts) == 0 && !a.Config.InsecureAnyHost }},
	{"R007", true, "TrustedHosts trusts a whole top-level domain", "name the domain itself",
		func(a *App) bool {
			return slices.ContainsFunc(a.Config.TrustedHosts, func(h string) bool {
				return strings.HasPrefix(h, ".") && strings.Count(h, ".") == 1 && h != ".localhost"
			})
		}},
	{"R008", true, "InsecureAnyHost is on: a Host header of an attacker's goes into links", "set TrustedHosts instead",
		func(a *App) bool { return a.Config.InsecureAnyHost }},
	{"R009", true, "InsecureHTTP is on: sessions travel where anybody on the way can take them", "serve over TLS and turn it off",
		func(a *App) bool { return a.Config.InsecureHTTP }},
	{"R010", false, "SessionCookieSameSite is None, so other sites' requests carry the session", "use Lax or Strict",
		func(a *App) bool { return a.Config.SessionCookieSameSite == http.SameSiteNoneMode }},
	{"R011", false, "MaxContentLength is above 100 MiB for every route", "raise it with Route.MaxContentLength where it is needed",
		func(a *App) bool { return a.Config.MaxContentLength > 100<<20 }},
	{"R012", false, "MaxFormFields is above 10,000", "lower it: parsing so many is work an attacker gets for nothing",
		func(a *App) bool { return a.Config.MaxFormFields > 10_000 }},
	{"R013", false, "MaxFormParts is above 1,000", "lower it", func(a *App) bool { return a.Config.MaxFormParts > 1000 }},
	{"R014", false, "MaxFormMemorySize is above 64 MiB: a few requests at once fill the memory", "lower it; larger files go to disk",
		func(a *App) bool { return a.Config.MaxFormMemorySize > 64<<20 }},
	{"R015", false, "ReadHeaderTimeout is above a minute, which lets slow clients hold connections", "lower it",
		func(a *App) bool { return a.Config.ReadHeaderTimeout > time.Minute }},
	{"R016", false, "ReadTimeout is above five minutes", "lower it, and mark the routes that need longer with Route.Streams",
		func(a *App) bool { return a.Config.ReadTimeout > 5*time.Minute }},
	{"R017", false, "WriteTimeout is above five minutes", "lower it, and mark the routes that need longer with Route.Streams",
		func(a *App) bool { return a.Config.WriteTimeout > 5*time.Minute }},
	{"R018", false, "IdleTimeout is above ten minutes", "lower it", func(a *App) bool { return a.Config.IdleTimeout > 10*time.Minute }},
	{"R019", false, "SessionLifetime is above 31 days: a stolen cookie is good for as long", "lower it",
		func(a *App) bool { return a.Config.SessionLifetime > 31*24*time.Hour }},
	{"R020", false, "SessionIdle is above SessionLifetime, so it has no effect", "lower it",
		func(a *App) bool { return a.Config.SessionIdle > a.Config.SessionLifetime }},
	{"R021", true, "Strict-Transport-Security is off, so a first visit can be taken over before TLS", "leave Headers.InsecureNoHSTS unset",
		func(a *App) bool { return a.Config.Headers.InsecureNoHSTS }},
	{"R022", false, "Strict-Transport-Security is for less than a year", "use at least max-age=31536000",
		func(a *App) bool {
			age, ok := maxAge(a.Config.Headers.HSTS)
			return ok && age < year
		}},
	{"R023", false, "the Content-Security-Policy allows sources that give its protection away", "use nonces: csp_nonce()",
		func(a *App) bool { return len(a.Config.Headers.CSP.InsecureSources) > 0 }},
	{"R024", false, "the Content-Security-Policy is only reported, not enforced", "leave Headers.CSP.InsecureReportOnly unset",
		func(a *App) bool { return a.Config.Headers.CSP.InsecureReportOnly }},
	{"R025", true, "TrustedProxies believes anybody: a client chooses its own address", "name the proxies' own networks",
		func(a *App) bool { return slices.ContainsFunc(a.Config.TrustedProxies, isWholeInternet) }},
	{"R026", false, "TrustedOrigins trusts an origin over plain HTTP, which anybody on the way can pretend to be", "use https",
		func(a *App) bool {
			return slices.ContainsFunc(a.Config.TrustedOrigins, func(o string) bool { return strings.HasPrefix(o, "http:") })
		}},
	{"R027", false, "some routes take requests that other sites forge (Route.InsecureNoCSRF)", "see that each proves its sender by other means",
		func(a *App) bool { return a.anyRoute(func(r *compiledRoute) bool { return r.noCSRF }) }},
	{"R028", false, "PreferredURLScheme is http, so links in mails are, too", "use https",
		func(a *App) bool { return a.Config.PreferredURLScheme == "http" }},
	{"R029", false, "ServerName is not among TrustedHosts: links in mails lead to a host that is refused", "add it",
		func(a *App) bool {
			if a.Config.ServerName == "" || a.Config.InsecureAnyHost || a.hosts == nil {
				return false
			}
			_, ok := a.hosts.Match(a.Config.ServerName)
			return !ok
		}},
	{"R030", false, "ended sessions are remembered in memory: another process, or this one after a restart, takes them for good",
		"set Revocations to a store that all processes share: a database, or ext/redis",
		func(a *App) bool { _, ok := a.Config.Revocations.(*memoryRevocations); return ok }},
	{"R031", false, "InsecureSHA1Sessions is on: sessions and forms are signed with SHA-1, and unless a server keeps them, a copied cookie is good whoever logged out",
		"take it out when the other application has gone", func(a *App) bool { return a.Config.InsecureSHA1Sessions != nil }},
	{"R032", true, "the certificate of TLSCert and TLSKey cannot be used, so the app does not start", "see that both files can be read and belong together",
		func(a *App) bool { _, err := a.tlsConfig(); return err != nil }},
	{"R033", false, "MaxInFlight is above 10,000, so nothing is refused before everything is slow", "lower it, or leave it to the default",
		func(a *App) bool { return a.Config.MaxInFlight > 10_000 }},
}

// anyRoute reports whether some route of the app is such.
func (a *App) anyRoute(such func(*compiledRoute) bool) bool {
	if a.routes == nil {
		return false
	}
	for rule := range a.routes.Rules() {
		if r, ok := rule.Handler.(*compiledRoute); ok && such(r) {
			return true
		}
	}
	return false
}

func isWholeInternet(network string) bool {
	p, err := netip.ParsePrefix(network)
	return err == nil && p.Bits() < 3 && p.Addr().IsUnspecified()
}

// maxAge reads the age out of a Strict-Transport-Security header.
func maxAge(hsts string) (time.Duration, bool) {
	_, rest, ok := strings.Cut(hsts, "max-age=")
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, ";")
	seconds, err := strconv.Atoi(strings.TrimSpace(digits))
	return time.Duration(seconds) * time.Second, err == nil
}
