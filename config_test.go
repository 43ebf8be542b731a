package retort

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// Each setting that cannot be meant stops the app, with a message that names it.
func TestBadConfig(t *testing.T) {
	for _, tt := range []struct {
		change func(*Config)
		want   string // empty for one that is sound
	}{
		{func(*Config) {}, ""},
		{func(c *Config) { c.ApplicationRoot = "app" }, `ApplicationRoot "app" does not start with a slash`},
		{func(c *Config) { c.ApplicationRoot = "/app/" }, ""},
		{func(c *Config) { c.PreferredURLScheme = "ftp" }, `PreferredURLScheme "ftp"`},
		{func(c *Config) { c.TrustedOrigins = []string{"https://app.example.com", "http://localhost:3000"} }, ""},
		{func(c *Config) { c.TrustedOrigins = []string{"https://*.example.com"} }, `"https://*.example.com" is no origin`},
		{func(c *Config) { c.TrustedOrigins = []string{"https://app.example.com/"} }, "is no origin"},
		{func(c *Config) { c.TrustedOrigins = []string{"https://App.example.com"} }, "is no origin"}, // browsers write none such
		{func(c *Config) { c.TrustedOrigins = []string{"app.example.com"} }, "is no origin"},
		{func(c *Config) { c.TrustedOrigins = []string{"file://"} }, "is no origin"},
		{func(c *Config) { c.TrustedOrigins = []string{"null"} }, "is no origin"},
		{func(c *Config) { c.SubdomainMatching = true }, "SubdomainMatching needs ServerName"},
		{func(c *Config) { c.HostMatching, c.Static = true, fstest.MapFS{} }, "HostMatching needs ServerName"},
		{func(c *Config) { c.MaxContentLength = -1 }, "a limit is negative"},
		{func(c *Config) { c.MaxFormFields = -1 }, "a limit is negative"},
		{func(c *Config) { c.MaxFormParts = -1 }, "a limit is negative"},
		{func(c *Config) { c.MaxFormMemorySize = -1 }, "a limit is negative"},
		{func(c *Config) { c.MaxInFlight = -1 }, "a limit is negative"},
		{func(c *Config) { c.MaxConnections = -1 }, "a limit is negative"},
		{func(c *Config) { c.ReadHeaderTimeout = -1 }, "a duration is negative, -1ns"},
		{func(c *Config) { c.ReadTimeout = -time.Second }, "a duration is negative, -1s"},
		{func(c *Config) { c.WriteTimeout = -1 }, "a duration is negative"},
		{func(c *Config) { c.IdleTimeout = -1 }, "a duration is negative"},
		{func(c *Config) { c.DrainTimeout = -1 }, "a duration is negative"},
		{func(c *Config) { c.LameDuck = -1 }, "a duration is negative"},
		{func(c *Config) { c.SessionLifetime = -1 }, "a duration is negative"},
		{func(c *Config) { c.SessionIdle = -1 }, "a duration is negative"},
		{func(c *Config) { c.SessionCookieSameSite = http.SameSiteNoneMode }, ""},
		{func(c *Config) { c.SessionCookieSameSite, c.InsecureHTTP = http.SameSiteNoneMode, true }, "SameSite None needs a Secure cookie"},
		{func(c *Config) { c.SessionCookieName = "my session" }, `SessionCookieName "my session" is no cookie name`},
	} {
		cfg := soundConfig()
		tt.change(&cfg)
		err := New(cfg).Compile()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}
