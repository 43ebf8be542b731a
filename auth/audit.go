package auth

import (
	"log/slog"
	"strconv"
)

// audit writes what became of each login to the app's log, under the event names
// of OWASP's logging vocabulary, so that a guessing attack can be seen in any
// log. A name that was tried is quoted and cut: in the wrong field, people type
// their passwords.
func (m *Manager[U]) audit() {
	m.LoggedIn.Connect(func(e Event) { record(e, slog.LevelInfo, "authn_login_success", e.Account) })
	m.LoggedOut.Connect(func(e Event) { record(e, slog.LevelInfo, "session_logout", e.Account) })
	m.LoginFailed.Connect(func(e Event) { record(e, slog.LevelWarn, failureName(e), cut(e.Account)) })
}

func failureName(e Event) string {
	switch e.Reason {
	case tooMany:
		return "authn_login_fail_max"
	case usedTwice:
		return "authn_token_reuse"
	}
	return "authn_login_fail"
}

func record(e Event, level slog.Level, event, account string) {
	attrs := []slog.Attr{
		slog.String("event", event),
		slog.String("request", e.Ctx.ID()),
		slog.String("endpoint", e.Ctx.Endpoint()),
		slog.String("client", e.Ctx.ClientIP().String()),
		slog.String("account", account),
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	e.Ctx.App.Config.Logger.LogAttrs(e.Ctx.Context(), level, "login", attrs...)
}

// maxLogged is how many bytes of a name that nobody has are worth a log line.
const maxLogged = 64

func cut(name string) string {
	if len(name) > maxLogged {
		name = name[:maxLogged] + "…"
	}
	return strconv.QuoteToASCII(name)
}
