package retort

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/retort-go/retort/jinja"
	"github.com/retort-go/retort/secure"
)

// Config is read once, by [New]. With a key its zero value is the safe setting:
// whatever turns a defence off starts with Insecure, so that grep finds it.
// Fields keep the names of Flask's settings where those exist.
type Config struct {
	// SecretKey signs sessions and tokens: at least 32 random bytes, as
	// `retort secret` makes them. In production an app does not start without one;
	// with Debug one is made up, and with it all sessions end at a restart.
	SecretKey []byte

	// SecretKeyFallbacks are earlier keys, newest first. What they signed is still
	// accepted; nothing new is signed with them.
	SecretKeyFallbacks [][]byte

	// Debug is for development only: pages show what went wrong, templates reload
	// when they change, each request is logged, and only this machine is served.
	Debug bool

	// TrustedHosts are the host names this app answers for: "example.com", or
	// ".example.com" for the name and all below it. Empty means the names of this
	// machine itself (localhost and loopback addresses), which Debug adds. A request for any other
	// host gets 421, so that no link or cache can be poisoned with a Host header.
	TrustedHosts []string

	// TrustedOrigins are further origins ("https://app.example.com") whose pages
	// may send requests that change something.
	TrustedOrigins []string

	// TrustedProxies are the networks ("10.0.0.0/8") whose X-Forwarded-For and
	// X-Forwarded-Proto headers are believed. Empty means nobody's.
	TrustedProxies []string

	// ProxySetsHost says that the trusted proxies set or remove X-Forwarded-Host on
	// every request, so that it is theirs and not the client's.
	ProxySetsHost bool

	// ServerName is the host of absolute URLs that are built where there is no
	// request, as in "example.com:8443".
	ServerName string

	// SubdomainMatching lets routes be for subdomains of ServerName.
	SubdomainMatching bool

	// HostMatching lets routes be for whole hosts; every route then needs one. Static
	// files are at ServerName.
	HostMatching bool

	// LooseSlashes lets all routes answer with and without a slash at the end, instead
	// of redirecting: Flask's url_map.strict_slashes = False. See
	// [Route.LooseSlashes].
	LooseSlashes bool

	// PreferredURLScheme is the scheme of such URLs; empty means https.
	PreferredURLScheme string

	// ApplicationRoot is the path below which the app lives, as in "/app". It is
	// cut off requests and put in front of the URLs that are built.
	ApplicationRoot string

	// MaxContentLength is the largest request body in bytes; 0 means 1 MiB. A larger
	// one gets 413, unread if its length is announced.
	MaxContentLength int64

	// MaxFormFields is the largest number of fields of a form or a query string;
	// 0 means 1000.
	MaxFormFields int

	// MaxFormParts is the largest number of parts of a multipart form, files
	// included; 0 means 100.
	MaxFormParts int

	// MaxFormMemorySize is how much of a multipart form is held in memory, in
	// bytes; files beyond it are kept on disk while the request lasts. 0 means
	// 500,000.
	MaxFormMemorySize int64

	// SessionCookieName is the name of the session cookie; empty means "session".
	// Over TLS it is preceded by "__Host-", which keeps neighbours on the same
	// domain from planting one.
	SessionCookieName string

	// SessionCookieSameSite is the cookie's SameSite attribute; 0 means Lax.
	SessionCookieSameSite http.SameSite

	// SessionLifetime is how long a session may last in all; 0 means 12 hours.
	SessionLifetime time.Duration

	// SessionIdle is how long a session lasts when it is not used; 0 means 2 hours.
	SessionIdle time.Duration

	// Revocations remembers sessions that were ended before their time; nil means
	// in memory.
	Revocations Revocations

	// Files holds the app's folders "templates" and "static", or one of them: an
	// embed.FS, mostly. With Debug they are read from the working directory, if they
	// are there, so that a change shows at once.
	Files fs.FS

	// Templates is the app's folder of templates, Static that of its static files;
	// nil means those of Files. [Scaffold.Templates] and [Scaffold.Static] set them too.
	Templates fs.FS
	Static    fs.FS

	// TrimBlocks drops the newline after a block tag in templates, LstripBlocks the
	// blanks before one that starts a line: the options of Jinja that change pages.
	TrimBlocks, LstripBlocks bool

	// Undefined is what templates make of a name that does not exist; 0 means as Jinja
	// does, jinja.UndefinedStrict an error wherever one is used.
	Undefined jinja.Undefined

	// ErrorTemplate is the template of error pages, for which no handler is set; empty
	// means pages of Retort's own. It sees error.code, error.name, error.description
	// and error.request_id, by which the log knows more. Programs are answered in
	// JSON all the same, and Debug shows what went wrong in its own way.
	ErrorTemplate string

	// Headers changes the security headers of every answer, as for a page that
	// needs images from another host. The zero value is the strict default.
	Headers secure.HeaderConfig

	// JSON appends the JSON of v to dst; nil means as encoding/json has it. It is
	// Flask's json provider: flask.AppendJSON is Flask's own way.
	JSON func(dst []byte, v any) ([]byte, error)

	// Timeouts of the server; 0 means 5 s for a request's header, 15 s for the whole
	// of it, 30 s for the answer, 75 s for an idle connection and 20 s for requests
	// under way when the app is told to stop. IdleTimeout has to be longer than a
	// proxy in front keeps a connection, 60 s with most: else requests meet one that
	// is just being closed.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout, DrainTimeout time.Duration

	// MaxInFlight is how many requests are worked on at once; 0 means 64 for each
	// processor. Others wait for 40 ms, then get 503 with Retry-After. A request counts
	// from routing until its answer is described: not while it waits for a slow body
	// nor while it is written, so streams and slow clients do not count. Where handlers
	// compute, the processors are the limit: requests are refused while more wait for
	// one than are served in 40 ms. See [Route.Health].
	MaxInFlight int

	// MaxConnections is how many connections may be open; 0 means 10,000, or three
	// quarters of the file descriptors that the process may have, if those are
	// fewer. Further ones are closed. Once half of them are taken, no address has
	// more than 256, but this machine's, private and TrustedProxies.
	MaxConnections int

	// TLSCert and TLSKey are the files of a certificate and its key, in PEM, for a
	// server that speaks TLS (1.2 at least) itself; empty means plain HTTP, as
	// behind a proxy that does. Files that are renewed are read anew.
	TLSCert, TLSKey string

	// LameDuck is how long an app that was told to stop still takes connections,
	// while its health routes ([Route.Health]) answer 503 and load balancers turn
	// away from it; 0 means not at all, which suits a supervisor that holds the
	// socket. It counts towards DrainTimeout.
	LameDuck time.Duration

	// AccessLog logs every request; errors and refusals are logged without it.
	AccessLog bool

	// Logger gets the log; nil means slog.Default.
	Logger *slog.Logger

	// InsecureHTTP lets sessions travel over plain HTTP to any host. Without it the
	// session cookie is Secure, but for requests to this machine itself.
	InsecureHTTP bool

	// InsecureSHA1Sessions puts the app on the session cookie of another framework's
	// application, as package flask does: signed with SHA-1, good until it expires
	// even after its owner logged out unless a server keeps it, and with form tokens
	// of that kind. The cookie has no prefix then, and SessionLifetime, SessionIdle
	// and Revocations are not used.
	InsecureSHA1Sessions SessionFormat

	// InsecureAnyHost answers for every host name.
	InsecureAnyHost bool

	// now is the clock; tests set it.
	now func() time.Time
}

// withDefaults fills in what the zero value stands for.
func (c Config) withDefaults() Config {
	c.PreferredURLScheme = cmp.Or(c.PreferredURLScheme, "https")
	c.ApplicationRoot = strings.TrimRight(c.ApplicationRoot, "/")
	c.MaxContentLength = cmp.Or(c.MaxContentLength, 1<<20)
	c.MaxFormFields = cmp.Or(c.MaxFormFields, 1000)
	c.MaxFormParts = cmp.Or(c.MaxFormParts, 100)
	c.MaxFormMemorySize = cmp.Or(c.MaxFormMemorySize, 500_000)
	c.SessionCookieName = cmp.Or(c.SessionCookieName, "session")
	c.SessionCookieSameSite = cmp.Or(c.SessionCookieSameSite, http.SameSiteLaxMode)
	c.SessionLifetime = cmp.Or(c.SessionLifetime, 12*time.Hour)
	c.SessionIdle = cmp.Or(c.SessionIdle, 2*time.Hour)
	c.ReadHeaderTimeout = cmp.Or(c.ReadHeaderTimeout, 5*time.Second)
	c.ReadTimeout = cmp.Or(c.ReadTimeout, 15*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 30*time.Second)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 75*time.Second)
	c.DrainTimeout = cmp.Or(c.DrainTimeout, 20*time.Second)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// validate finds settings that cannot be meant, each with its cure.
func (c *Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("config: "+format, args...)) }
	if c.ApplicationRoot != "" && !strings.HasPrefix(c.ApplicationRoot, "/") {
		bad("ApplicationRoot %q does not start with a slash", c.ApplicationRoot)
	}
	if c.PreferredURLScheme != "http" && c.PreferredURLScheme != "https" {
		bad("PreferredURLScheme %q is neither http nor https", c.PreferredURLScheme)
	}
	for _, o := range c.TrustedOrigins {
		scheme, host, ok := strings.Cut(o, "://")
		if !ok || scheme != "http" && scheme != "https" || host == "" || strings.ContainsAny(host, "/*?#@ ") || o != strings.ToLower(o) {
			bad("TrustedOrigins: %q is no origin; write it as https://app.example.com", o)
		}
	}
	if c.HostMatching && c.Static != nil && c.ServerName == "" {
		bad("HostMatching needs ServerName, the host that static files are at")
	}
	if c.SubdomainMatching && c.ServerName == "" {
		bad("SubdomainMatching needs ServerName, the name that subdomains are below")
	}
	if c.MaxContentLength < 0 || c.MaxFormFields < 0 || c.MaxFormParts < 0 || c.MaxFormMemorySize < 0 ||
		c.MaxInFlight < 0 || c.MaxConnections < 0 {
		bad("a limit is negative; 0 means its default")
	}
	for _, d := range []time.Duration{c.SessionLifetime, c.SessionIdle, c.ReadHeaderTimeout, c.ReadTimeout, c.WriteTimeout,
		c.IdleTimeout, c.DrainTimeout, c.LameDuck} {
		if d < 0 { // which net/http takes for no timeout at all
			bad("a duration is negative, %v; 0 means its default", d)
		}
	}
	if c.SessionCookieSameSite == http.SameSiteNoneMode && c.InsecureHTTP {
		bad("SessionCookieSameSite None needs a Secure cookie, which InsecureHTTP turns off")
	}
	if strings.ContainsAny(c.SessionCookieName, " \t\r\n;,=\"\\") {
		bad("SessionCookieName %q is no cookie name", c.SessionCookieName)
	}
	return errors.Join(errs...)
}
