// Package csrf tells a request that a user meant from one that another site
// made his browser send.
//
// There are two gates, because neither is enough. Where the browser says where
// a request comes from (Sec-Fetch-Site, or Origin), that is believed: no script
// can forge those headers. But old browsers and programs send neither, and
// plain http outside the own machine carries no Sec-Fetch-Site. So there is a
// token as well, known only to pages that the application itself has rendered
// for this session.
//
// The package holds the two tests; what is refused, and when, is decided by
// who calls it.
package csrf

import (
	"net/http"
	"strings"
)

// An Outcome says what a request's headers prove about its origin.
type Outcome uint8

const (
	Unknown Outcome = iota // no header says anything: ask for the token
	Same                   // sent by the application's own pages, by a trusted origin, or by the user himself
	Cross                  // sent by another site: refuse
)

// A Verdict is an [Outcome] with the reason for it, a constant sentence for
// the log.
type Verdict struct {
	Outcome Outcome
	Reason  string
}

// Safe reports whether method promises to change nothing, so that it needs no
// protection: GET, HEAD and OPTIONS. TRACE does not count.
func Safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// CheckOrigin judges the headers of an unsafe request to an application that
// the client reaches as scheme://host. Trusted are further origins that may
// send such requests, each spelled as browsers do ("https://admin.example.com").
//
// The rules are those of [http.CrossOriginProtection], with three differences.
// A request that says nothing is Unknown instead of allowed. The scheme counts:
// a page that was forged on http://host is not https://host. And a header that
// is given twice is Cross, since no browser does that.
//
// "same-site" is Cross: a sibling such as user-content.example.com, or one
// taken over, is not the application. The verdict is as good as host, which
// must have been checked against a list, or else a DNS name of the attacker
// that leads here is its own origin.
func CheckOrigin(h http.Header, scheme, host string, trusted []string) Verdict {
	site, origin := h["Sec-Fetch-Site"], h["Origin"]
	if len(site) > 1 || len(origin) > 1 {
		return Verdict{Cross, "Sec-Fetch-Site or Origin is given twice"}
	}
	from := first(origin)
	switch first(site) {
	case "":
	case "same-origin":
		return Verdict{Same, "Sec-Fetch-Site is same-origin"}
	case "none":
		return Verdict{Same, "Sec-Fetch-Site is none"}
	default:
		if isTrusted(from, trusted) {
			return Verdict{Same, "Origin is trusted"}
		}
		return Verdict{Cross, "Sec-Fetch-Site tells of another origin"}
	}
	switch {
	case from == "":
		return Verdict{Unknown, "neither Sec-Fetch-Site nor Origin"}
	case sameOrigin(from, scheme, host):
		return Verdict{Same, "Origin is this host"}
	case isTrusted(from, trusted):
		return Verdict{Same, "Origin is trusted"}
	}
	return Verdict{Cross, "Origin is another one"}
}

func first(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

func isTrusted(origin string, trusted []string) bool {
	for _, t := range trusted {
		if origin == t && origin != "" && origin != "null" {
			return true
		}
	}
	return false
}

// sameOrigin compares without parsing: an origin is a scheme, "://" and what
// Host holds, save for a default port that one side may leave out.
func sameOrigin(origin, scheme, host string) bool {
	got, rest, ok := strings.Cut(origin, "://")
	if !ok || rest == "" || !strings.EqualFold(got, scheme) {
		return false
	}
	port := ":80"
	if strings.EqualFold(scheme, "https") {
		port = ":443"
	}
	return strings.EqualFold(strings.TrimSuffix(rest, port), strings.TrimSuffix(host, port))
}
