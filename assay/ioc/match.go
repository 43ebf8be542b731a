package ioc

// An Indicator is one observable in its canonical form. It is comparable and
// its own key: two indicators are the same thing exactly when they are equal.
//
// Canonical forms:
//   - ipv4, ipv6, cidr: as net/netip prints them; a network keeps its host bits
//   - domain: lower-case, no final dot, IDN as punycode
//   - url: scheme and host lower-case, host as for domain, path as written
//   - email: host as for domain, local part as written
//   - hashes: lower-case hexadecimal
//   - cve: upper-case, "CVE-2021-44228"
//   - onion: as domain
//   - asn: "AS64496"; mac: lower-case with colons; uuid: lower-case
//   - registry: the root written out, single backslashes, names as written
//   - windows-path: single backslashes; other paths and file names as written
//   - eth: with the capitals of EIP-55; bch: with its prefix; other coins as
//     written
//   - iban: upper-case without blanks; phone: "+" and digits
//   - social: network and account, "telegram:name"
//   - tlp: upper-case, "TLP:AMBER+STRICT"
type Indicator struct {
	Kind  Kind   `json:"kind"`
	Value string `json:"value"`
}

// String is the value.
func (i Indicator) String() string { return i.Value }

// A Match is an Indicator at its place in a text.
//
// Matches come in order of Start; of two that start together the longer one
// comes first. Of the default kinds only these lie inside another: the host of
// a URL, and hashes and CVE ids anywhere. Other kinds may overlap.
type Match struct {
	Indicator
	// Raw is the text as it stands, defanged or not; always text[Start:End].
	Raw string `json:"raw"`
	// Start and End are byte offsets in the original input.
	Start int `json:"start"`
	End   int `json:"end"`
	// Reason says in a few words why this was taken ("defanged", "whole
	// line", "scheme") or, when Rejected, why not ("file name").
	Reason string `json:"reason"`
	// Rejected marks a candidate that was refused; it is reported only when
	// Options.Rejected asks for it.
	Rejected bool `json:"rejected,omitempty"`
	// Detail holds what there is to say about few matches; nil for most.
	Detail *Detail `json:"detail,omitempty"`
}

// A Detail holds facts about a match. They are observations, not verdicts.
type Detail struct {
	// Flags are short facts about the spelling: "userinfo before the host",
	// "octal IPv4 host", "mixed scripts".
	Flags []string `json:"flags,omitempty"`
	// Unicode is an IDN host as people read it.
	Unicode string `json:"unicode,omitempty"`
	// Chain names the encodings that were undone to find the value,
	// outermost first: "base64", "percent". Raw is then the encoded text.
	Chain []string `json:"chain,omitempty"`
	// Lists names the warning lists and allow lists that hold the value.
	Lists []string `json:"lists,omitempty"`
}

// Unique returns the first match of every distinct indicator, in order.
// Rejected candidates are told apart from taken ones.
func Unique(matches []Match) []Match {
	type key struct {
		Indicator
		rejected bool
	}
	seen := make(map[key]struct{}, len(matches)/2)
	var first []Match
	for _, m := range matches {
		k := key{m.Indicator, m.Rejected}
		if _, dup := seen[k]; !dup {
			seen[k] = struct{}{}
			first = append(first, m)
		}
	}
	return first
}
