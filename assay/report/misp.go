package report

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/retort-go/retort/assay/ioc"
)

// mispEvent is an event of MISP's core format.
type mispEvent struct {
	UUID          string          `json:"uuid"`
	Info          string          `json:"info"`
	Date          string          `json:"date,omitempty"`
	Timestamp     string          `json:"timestamp,omitempty"`
	ThreatLevelID string          `json:"threat_level_id"`
	Analysis      string          `json:"analysis"`
	Distribution  string          `json:"distribution"`
	Published     bool            `json:"published"`
	Tag           []mispTag       `json:"Tag,omitempty"`
	Attribute     []mispAttribute `json:"Attribute"`
}

type mispTag struct {
	Name string `json:"name"`
}

type mispAttribute struct {
	UUID               string `json:"uuid"`
	Type               string `json:"type"`
	Category           string `json:"category"`
	Value              string `json:"value"`
	ToIDs              bool   `json:"to_ids"`
	DisableCorrelation bool   `json:"disable_correlation,omitempty"`
	Comment            string `json:"comment"`
	Timestamp          string `json:"timestamp,omitempty"`
	Distribution       string `json:"distribution"`
}

// mispPrefix begins every comment of an attribute; the match follows as JSON.
// It stands in the comment because that is what MISP keeps and gives back.
const mispPrefix = "assay "

// openMISP writes an event. The ids of its attributes hang on the event's, and
// that on all that is in it, so it is kept until the end.
func openMISP(w *bufio.Writer, o Options) encoder {
	e := mispEvent{
		Info:          "Indicators found by Assay",
		ThreatLevelID: "4", // undefined
		Analysis:      "0", // initial
		Distribution:  "0", // this organisation only
	}
	if o.TLP != "" {
		e.Tag = []mispTag{{"tlp:" + string(o.TLP)}}
	}
	if !o.Time.IsZero() {
		e.Date, e.Timestamp = o.Time.UTC().Format("2006-01-02"), strconv.FormatInt(o.Time.Unix(), 10)
	}
	seen := map[[2]string]int{} // types and values, which an event may hold only once
	return encoder{
		omits: omitRefused,
		item: func(it *Item) {
			a := attribute(it)
			for n := seen[a.held()]; n > 0; n = seen[a.held()] {
				seen[a.held()]++
				a = again(it, n)
			}
			seen[a.held()]++
			a.Timestamp = e.Timestamp
			e.Attribute = append(e.Attribute, a)
		},
		end: func() { e.write(w) },
	}
}

// held is what of an attribute an event may hold only once.
func (a *mispAttribute) held() [2]string { return [2]string{a.Type, a.Value} }

// write writes the event with an attribute per line.
func (e *mispEvent) write(w *bufio.Writer) {
	e.name()
	attributes := e.Attribute
	e.Attribute = []mispAttribute{}
	w.WriteString(`{"Event":`)
	w.Write(bytes.TrimSuffix(encode(e), []byte("]}")))
	between := "\n"
	for _, a := range attributes {
		w.WriteString(between)
		w.Write(encode(a))
		between = ",\n"
	}
	w.WriteString("\n]}}\n")
}

// name gives the event and its attributes their ids. MISP takes an attribute
// whose id it knows from another event for that one, so equal attributes of two
// events need two ids.
func (e *mispEvent) name() {
	var u uuid
	for i := range e.Attribute {
		u = uuid5(u, e.Attribute[i].key())
	}
	u = uuid5(home, "event"+u.String())
	e.UUID = u.String()
	for i := range e.Attribute {
		e.Attribute[i].UUID = uuid5(u, strconv.Itoa(i)+e.Attribute[i].key()).String()
	}
}

func (a *mispAttribute) key() string {
	return canonical("comment", a.Comment, "type", a.Type, "value", a.Value)
}

// attribute is the first match of an indicator. to_ids is what MISP proposes
// for the type, and false for what a warning list holds.
func attribute(it *Item) mispAttribute {
	t := mispTypeOf(it)
	return mispAttribute{
		Type: t.name, Category: t.category, Value: mispValue(it), ToIDs: t.detects && !isListed(it),
		Comment: mispPrefix + string(appendItem(nil, it)), Distribution: "5", // as the event
	}
}

// again is a further match of what n attributes tell: a text beside the others,
// since the attribute itself may stand in an event only once.
func again(it *Item, n int) mispAttribute {
	where := it.File
	if it.Part != "" {
		where = strings.TrimPrefix(where+" > "+it.Part, " > ")
	}
	where = strings.TrimPrefix(where+", bytes "+strconv.Itoa(it.Start)+" to "+strconv.Itoa(it.End), ", ")
	return mispAttribute{
		Type: "text", Category: "Other", Value: fmt.Sprintf("%s, match %d: %s", ioc.Defang(it.Indicator), n+1, where), DisableCorrelation: true,
		Comment: mispPrefix + string(appendItem(nil, it)), Distribution: "5",
	}
}

// A mispType is a type of attribute with the category that it belongs to by
// default, and whether MISP proposes it for detection.
type mispType struct {
	name, category string
	detects        bool
}

const (
	network  = "Network activity"
	delivery = "Payload delivery"
	fraud    = "Financial fraud"
)

var mispTypes = map[ioc.Kind]mispType{
	ioc.IPv4:         {"ip-dst", network, true},
	ioc.IPv6:         {"ip-dst", network, true},
	ioc.CIDR:         {"ip-dst", network, true},
	ioc.Domain:       {"domain", network, true},
	ioc.Onion:        {"onion-address", network, true},
	ioc.URL:          {"url", network, true},
	ioc.Email:        {"email", delivery, true},
	ioc.MD5:          {"md5", delivery, true},
	ioc.SHA1:         {"sha1", delivery, true},
	ioc.SHA224:       {"sha224", delivery, true},
	ioc.SHA256:       {"sha256", delivery, true},
	ioc.SHA384:       {"sha384", delivery, true},
	ioc.SHA512:       {"sha512", delivery, true},
	ioc.SSDeep:       {"ssdeep", delivery, true},
	ioc.TLSH:         {"tlsh", delivery, true},
	ioc.Imphash:      {"imphash", delivery, true},
	ioc.Authentihash: {"authentihash", delivery, true},
	ioc.JA3:          {"ja3-fingerprint-md5", network, true},
	ioc.CVE:          {"vulnerability", "External analysis", false},
	ioc.ASN:          {"AS", network, false},
	ioc.MAC:          {"mac-address", network, false},
	ioc.UserAgent:    {"user-agent", network, false},
	ioc.Registry:     {"regkey", "Persistence mechanism", true},
	ioc.WindowsPath:  {"filename", delivery, true},
	ioc.UnixPath:     {"filename", delivery, true},
	ioc.File:         {"filename", delivery, true},
	ioc.Mutex:        {"mutex", "Artifacts dropped", true},
	ioc.YARA:         {"yara", "Payload installation", true},
	ioc.Bitcoin:      {"btc", fraud, true},
	ioc.Dash:         {"dash", fraud, true},
	ioc.Monero:       {"xmr", fraud, true},
	ioc.IBAN:         {"iban", fraud, true},
	ioc.Phone:        {"phone-number", "Other", false},
}

// mispTypeOf returns text for the kinds that MISP has no type for.
func mispTypeOf(it *Item) mispType {
	t, ok := mispTypes[it.Kind]
	if !ok {
		return mispType{"text", "Other", false}
	}
	if it.Kind == ioc.Domain {
		if registered, err := publicsuffix.EffectiveTLDPlusOne(it.Value); err != nil || registered != it.Value {
			t.name = "hostname"
		}
	}
	return t
}

// mispValue is the value as MISP stores it.
func mispValue(it *Item) string {
	if it.Kind == ioc.ASN {
		return strings.TrimPrefix(it.Value, "AS")
	}
	return it.Value
}
