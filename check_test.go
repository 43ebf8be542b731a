package retort

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/retort-go/retort/secure"
)

// soundConfig is one in which nothing is found.
func soundConfig() Config {
	return Config{
		SecretKey: []byte("bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa"), TrustedHosts: []string{"example.com"},
		Revocations: sharedRevocations{newMemoryRevocations(time.Now)},
		Logger:      slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// sharedRevocations stands for a store that all processes share.
type sharedRevocations struct{ Revocations }

// Each check finds the one thing it is for, and nothing is found in an app that
// is sound.
func TestChecks(t *testing.T) {
	weak := []byte("changeme")
	breaks := map[string]func(*Config){
		"R001": func(c *Config) { c.SecretKey = nil },
		"R002": func(c *Config) { c.SecretKey = weak },
		"R003": func(c *Config) { c.SecretKeyFallbacks = [][]byte{weak} },
		"R004": func(c *Config) { c.SecretKeyFallbacks = [][]byte{c.SecretKey} },
		"R005": func(c *Config) { c.Debug = true },
		"R006": func(c *Config) { c.TrustedHosts = nil },
		"R007": func(c *Config) { c.TrustedHosts = append(c.TrustedHosts, ".com") },
		"R008": func(c *Config) { c.InsecureAnyHost = true },
		"R009": func(c *Config) { c.InsecureHTTP = true },
		"R010": func(c *Config) { c.SessionCookieSameSite = http.SameSiteNoneMode },
		"R011": func(c *Config) { c.MaxContentLength = 1 << 30 },
		"R012": func(c *Config) { c.MaxFormFields = 1e6 },
		"R013": func(c *Config) { c.MaxFormParts = 1e5 },
		"R014": func(c *Config) { c.MaxFormMemorySize = 1 << 30 },
		"R015": func(c *Config) { c.ReadHeaderTimeout = time.Hour },
		"R016": func(c *Config) { c.ReadTimeout = time.Hour },
		"R017": func(c *Config) { c.WriteTimeout = time.Hour },
		"R018": func(c *Config) { c.IdleTimeout = time.Hour },
		"R019": func(c *Config) { c.SessionLifetime = 365 * 24 * time.Hour },
		"R020": func(c *Config) { c.SessionIdle = 24 * time.Hour },
		"R021": func(c *Config) { c.Headers.InsecureNoHSTS = true },
		"R022": func(c *Config) { c.Headers.HSTS = "max-age=3600" },
		"R023": func(c *Config) {
			c.Headers.CSP = secure.CSP{InsecureSources: map[string][]string{"style-src": {"'unsafe-inline'"}}}
		},
		"R024": func(c *Config) { c.Headers.CSP.InsecureReportOnly = true },
		"R025": func(c *Config) { c.TrustedProxies = []string{"0.0.0.0/0"} },
		"R026": func(c *Config) { c.TrustedOrigins = []string{"http://example.com"} },
		"R027": nil, // is about a route, below
		"R028": func(c *Config) { c.PreferredURLScheme = "http" },
		"R029": func(c *Config) { c.ServerName = "other.example" },
		"R030": func(c *Config) { c.Revocations = nil },
		"R031": func(c *Config) { c.InsecureSHA1Sessions = struct{ SessionFormat }{} },
		"R032": func(c *Config) { c.TLSCert = "certificate.pem" },
		"R033": func(c *Config) { c.MaxInFlight = 20_000 },
	}
	if found, err := New(soundConfig()).Check(); err != nil || len(found) > 0 {
		t.Errorf("a sound app: %v, %v", found, err)
	}
	for i, k := range checks {
		if want := fmt.Sprintf("R%03d", i+1); k.id != want {
			t.Errorf("check %d has the id %s, want %s", i, k.id, want)
		}
		breakIt, known := breaks[k.id]
		if !known {
			t.Errorf("%s has no test", k.id)
		}
		if breakIt == nil {
			continue
		}
		cfg := soundConfig()
		breakIt(&cfg)
		found, _ := New(cfg).Check() // some are so bad that the app does not start either
		ids := make([]string, len(found))
		for i, f := range found {
			ids[i] = f.ID
		}
		if !slices.Equal(ids, []string{k.id}) {
			t.Errorf("%s: found %q", k.id, ids)
		}
	}
	app := New(soundConfig())
	app.Post("/hook", func(c *Ctx) error { return c.NoContent() }).Named("hook").InsecureNoCSRF()
	if found, _ := app.Check(); len(found) != 1 || found[0].ID != "R027" {
		t.Errorf("a route without CSRF protection: %v", found)
	}
}
