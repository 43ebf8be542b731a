package auth

import (
	"bytes"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every login, logout and failure is in the log, by its name in OWASP's
// vocabulary, and no password is.
func TestAudit(t *testing.T) {
	s := newSite()
	var log bytes.Buffer
	s.app.Config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	client, _ := s.login(t, "1", "right")
	client.Post("/logout", nil)
	s.login(t, "1", "secret-guess")
	s.login(t, "nobody\n"+strings.Repeat("x", 5000), "secret-guess")
	for range 10 {
		s.login(t, "2", "secret-guess")
	}
	var events []string
	for _, match := range regexp.MustCompile(`event=(\S+)`).FindAllStringSubmatch(log.String(), -1) {
		events = append(events, match[1])
	}
	want := []string{"authn_login_success", "session_logout", "authn_login_fail", "authn_login_fail_max"}
	if got := slices.Compact(events); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if strings.Contains(log.String(), "secret-guess") {
		t.Error("a password was logged")
	}
	for line := range strings.Lines(log.String()) {
		if len(line) > 600 {
			t.Errorf("a line of %d bytes: %.200s", len(line), line)
		}
	}
}
