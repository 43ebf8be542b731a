package ioc

import (
	"fmt"
	"slices"
	"strings"
)

// A Kind says what an indicator is. Its text is what command lines, JSON and
// stores use, so it never changes.
type Kind string

// The kinds that are looked for by default.
const (
	IPv4   Kind = "ipv4"
	IPv6   Kind = "ipv6"
	CIDR   Kind = "cidr"
	Domain Kind = "domain"
	URL    Kind = "url"
	Email  Kind = "email"
	MD5    Kind = "md5"
	SHA1   Kind = "sha1"
	SHA256 Kind = "sha256"
	SHA512 Kind = "sha512"
	CVE    Kind = "cve"
)

// The kinds that are looked for when they are asked for.
const (
	Onion        Kind = "onion"
	SHA224       Kind = "sha224"
	SHA384       Kind = "sha384"
	SSDeep       Kind = "ssdeep"
	TLSH         Kind = "tlsh"
	Imphash      Kind = "imphash"
	Authentihash Kind = "authentihash"
	JA3          Kind = "ja3"
	JA3S         Kind = "ja3s"
	JA4          Kind = "ja4"
	ATTACK       Kind = "attack"
	ASN          Kind = "asn"
	MAC          Kind = "mac"
	UUID         Kind = "uuid"
	Registry     Kind = "registry"
	WindowsPath  Kind = "windows-path"
	UnixPath     Kind = "unix-path"
	File         Kind = "file"
	Package      Kind = "package"
	Mutex        Kind = "mutex"
	YARA         Kind = "yara"
	UserAgent    Kind = "user-agent"
	Bitcoin      Kind = "btc"
	BitcoinCash  Kind = "bch"
	Litecoin     Kind = "ltc"
	Dogecoin     Kind = "doge"
	Dash         Kind = "dash"
	Zcash        Kind = "zec"
	Ethereum     Kind = "eth"
	Monero       Kind = "xmr"
	Ripple       Kind = "xrp"
	Tron         Kind = "trx"
	Cardano      Kind = "ada"
	Stellar      Kind = "xlm"
	Tezos        Kind = "xtz"
	Solana       Kind = "sol"
	IBAN         Kind = "iban"
	Phone        Kind = "phone"
	ARN          Kind = "arn"
	Analytics    Kind = "ga"
	TagManager   Kind = "gtm"
	AdSense      Kind = "adsense"
	Social       Kind = "social"
	TLP          Kind = "tlp"
)

// kinds holds every kind in the order pages show them. An index into it is
// the scanner's own name for a kind.
var kinds = [...]struct {
	kind  Kind
	title string
}{
	{IPv4, "IPv4 addresses"},
	{IPv6, "IPv6 addresses"},
	{CIDR, "Networks"},
	{Domain, "Domains"},
	{URL, "URLs"},
	{Email, "E-mail addresses"},
	{MD5, "MD5 hashes"},
	{SHA1, "SHA-1 hashes"},
	{SHA256, "SHA-256 hashes"},
	{SHA512, "SHA-512 hashes"},
	{CVE, "CVE ids"},
	{Onion, "Onion services"},
	{SHA224, "SHA-224 hashes"},
	{SHA384, "SHA-384 hashes"},
	{SSDeep, "ssdeep hashes"},
	{TLSH, "TLSH hashes"},
	{Imphash, "Import hashes"},
	{Authentihash, "Authentihashes"},
	{JA3, "JA3 fingerprints"},
	{JA3S, "JA3S fingerprints"},
	{JA4, "JA4 fingerprints"},
	{ATTACK, "ATT&CK ids"},
	{ASN, "AS numbers"},
	{MAC, "MAC addresses"},
	{UUID, "UUIDs"},
	{Registry, "Registry keys"},
	{WindowsPath, "Windows paths"},
	{UnixPath, "Unix paths"},
	{File, "File names"},
	{Package, "Package names"},
	{Mutex, "Mutexes"},
	{YARA, "YARA rules"},
	{UserAgent, "User agents"},
	{Bitcoin, "Bitcoin addresses"},
	{BitcoinCash, "Bitcoin Cash addresses"},
	{Litecoin, "Litecoin addresses"},
	{Dogecoin, "Dogecoin addresses"},
	{Dash, "Dash addresses"},
	{Zcash, "Zcash addresses"},
	{Ethereum, "Ethereum addresses"},
	{Monero, "Monero addresses"},
	{Ripple, "XRP addresses"},
	{Tron, "Tron addresses"},
	{Cardano, "Cardano addresses"},
	{Stellar, "Stellar addresses"},
	{Tezos, "Tezos addresses"},
	{Solana, "Solana addresses"},
	{IBAN, "Bank accounts (IBAN)"},
	{Phone, "Phone numbers"},
	{ARN, "AWS resource names"},
	{Analytics, "Google Analytics ids"},
	{TagManager, "Tag Manager ids"},
	{AdSense, "AdSense ids"},
	{Social, "Social accounts"},
	{TLP, "TLP markings"},
}

const defaultKinds = 11

var allKinds = Kinds()

// Kinds returns every kind there is, in the order a page shows them.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i := range kinds {
		all[i] = kinds[i].kind
	}
	return all
}

// DefaultKinds returns the kinds that are looked for when Options.Kinds is
// nil.
func DefaultKinds() []Kind { return Kinds()[:defaultKinds] }

// Title names a group of indicators of this kind for people: "IPv4
// addresses". An unknown kind is its own title.
func (k Kind) Title() string {
	for i := range kinds {
		if kinds[i].kind == k {
			return kinds[i].title
		}
	}
	return string(k)
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds(), k) }

// ParseKinds reads names of kinds, separated by commas; "all" stands for every
// kind. An error names those there are.
func ParseKinds(list string) ([]Kind, error) {
	var chosen []Kind
	for name := range strings.SplitSeq(list, ",") {
		switch k := Kind(strings.ToLower(strings.TrimSpace(name))); {
		case k == "all":
			chosen = append(chosen, Kinds()...)
		case k.Valid():
			chosen = append(chosen, k)
		default:
			return nil, fmt.Errorf("there is no kind %.40q; the kinds are: all %s", name, KindNames())
		}
	}
	return chosen, nil
}

// KindNames is all kinds in one line, for a person to choose from.
func KindNames() string {
	var b strings.Builder
	for i := range kinds {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(kinds[i].kind))
	}
	return b.String()
}
