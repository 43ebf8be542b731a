package report

import (
	"bufio"
	"encoding/json"
	"strconv"
	"time"
)

// A stixObject is an object of STIX 2.1 of any of the types that are written;
// each has the properties of its own.
type stixObject struct {
	Type         string `json:"type"`
	SpecVersion  string `json:"spec_version"`
	ID           string `json:"id"`
	CreatedByRef string `json:"created_by_ref,omitempty"`
	Created      string `json:"created,omitempty"`
	Modified     string `json:"modified,omitempty"`
	Name         string `json:"name,omitempty"`

	// observables
	Kind               string            `json:"kind,omitempty"`
	Value              string            `json:"value,omitempty"`
	Number             *uint32           `json:"number,omitempty"`
	Key                string            `json:"key,omitempty"`
	Path               string            `json:"path,omitempty"`
	Hashes             map[string]string `json:"hashes,omitempty"`
	ParentDirectoryRef string            `json:"parent_directory_ref,omitempty"`
	AccountLogin       string            `json:"account_login,omitempty"`
	AccountType        string            `json:"account_type,omitempty"`

	// indicators
	Pattern     string `json:"pattern,omitempty"`
	PatternType string `json:"pattern_type,omitempty"`
	ValidFrom   string `json:"valid_from,omitempty"`

	// relationships and notes
	RelationshipType string   `json:"relationship_type,omitempty"`
	SourceRef        string   `json:"source_ref,omitempty"`
	TargetRef        string   `json:"target_ref,omitempty"`
	Content          string   `json:"content,omitempty"`
	ObjectRefs       []string `json:"object_refs,omitempty"`

	// identities and definitions of extensions
	IdentityClass       string   `json:"identity_class,omitempty"`
	Description         string   `json:"description,omitempty"`
	Schema              string   `json:"schema,omitempty"`
	Version             string   `json:"version,omitempty"`
	ExtensionTypes      []string `json:"extension_types,omitempty"`
	ExtensionProperties []string `json:"extension_properties,omitempty"`

	ExternalReferences []reference                  `json:"external_references,omitempty"`
	ObjectMarkingRefs  []string                     `json:"object_marking_refs,omitempty"`
	Extensions         map[string]map[string]string `json:"extensions,omitempty"`
	Match              json.RawMessage              `json:"x_assay_match,omitempty"`
}

type reference struct {
	SourceName string `json:"source_name"`
	ExternalID string `json:"external_id"`
}

const (
	stixVersion = "2.1"
	stixTime    = "2006-01-02T15:04:05.000Z"
	// defined is when the objects were made that are the same in every export.
	defined = "2026-11-22T00:00:00.000Z"
)

// The objects that are the same in every export.
var (
	assayIdentity  = "identity--" + uuid5(home, "identity").String()
	assayExtension = "extension-definition--" + uuid5(home, "extension-definition").String()
)

func definitions() []stixObject {
	return []stixObject{{
		Type: "identity", SpecVersion: stixVersion, ID: assayIdentity,
		Created: defined, Modified: defined, Name: "Assay", IdentityClass: "system",
	}, {
		Type: "extension-definition", SpecVersion: stixVersion, ID: assayExtension, CreatedByRef: assayIdentity,
		Created: defined, Modified: defined, Name: "Assay matches",
		Description: "x_assay_match tells where and how an observable stands in a text; x-assay-indicator holds what no other observable can.",
		Schema:      "https://github.com/retort-go/retort/blob/main/docs/assay/formats.md", Version: "1.0.0",
		ExtensionTypes:      []string{"new-sco", "toplevel-property-extension"},
		ExtensionProperties: []string{"x_assay_match"},
	}}
}

// tlpExtension is how STIX 2.1 knows TLP 2.0; the identifiers are those that
// OASIS published with it.
const tlpExtension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

var tlpMarkings = map[TLP]string{
	Clear:       "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
	Green:       "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	Amber:       "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	AmberStrict: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
	Red:         "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}

func tlpMarking(t TLP) stixObject {
	return stixObject{
		Type: "marking-definition", SpecVersion: stixVersion, ID: tlpMarkings[t], Created: "2022-10-01T00:00:00.000Z", Name: t.String(),
		Extensions: map[string]map[string]string{tlpExtension: {"extension_type": "property-extension", "tlp_2_0": string(t)}},
	}
}

// bundle writes a STIX bundle as a stream. Its id names its content, so it
// stands at the end.
type bundle struct {
	w       *bufio.Writer
	o       Options
	time    string
	marks   []string
	seen    map[string]struct{} // ids of objects
	items   int
	content uuid // of what is written so far
	between string
}

// openSTIX writes a bundle. An observable is written where it is first met, its
// match in an extension of its own; an id may stand in a bundle only once, so
// each further match is a note on the observable. So is each match of a file,
// whose id would have to name its extensions too.
func openSTIX(w *bufio.Writer, o Options) encoder {
	b := &bundle{w: w, o: o, time: time.Unix(0, 0).UTC().Format(stixTime), seen: map[string]struct{}{}, between: "\n"}
	if !o.Time.IsZero() {
		b.time = o.Time.UTC().Format(stixTime)
	}
	return encoder{
		omits: omitRefused,
		begin: func() {
			w.WriteString(`{"type":"bundle","objects":[`)
			for _, d := range definitions() {
				b.write(d)
			}
			if o.TLP != "" {
				b.write(tlpMarking(o.TLP))
				b.marks = []string{tlpMarkings[o.TLP]}
			}
		},
		item: b.item,
		end:  func() { w.WriteString("\n],\"id\":\"bundle--" + b.content.String() + "\"}\n") },
	}
}

func (b *bundle) item(it *Item) {
	b.items++
	match := json.RawMessage(appendItem(nil, it))
	seen := observe(it.Indicator)
	object := b.own(seen.object)
	if !b.first(object.ID) {
		b.write(b.note(it, object.ID, match))
		return
	}
	if seen.directory != nil && b.first(seen.directory.ID) {
		b.write(b.own(*seen.directory))
	}
	if object.Type == "file" {
		b.write(object)
		b.write(b.note(it, object.ID, match))
	} else {
		b.write(extended(object, match))
	}
	if b.o.Indicators && seen.pattern != "" && !isListed(it) {
		b.indicator(object.ID, it.Value, seen.pattern)
	}
}

// extended is o with a match.
func extended(o stixObject, match json.RawMessage) stixObject {
	o.Match = match
	if o.Extensions == nil {
		o.Extensions = map[string]map[string]string{assayExtension: {"extension_type": "toplevel-property-extension"}}
	}
	return o
}

// first reports whether no object of this id was written, and remembers it.
func (b *bundle) first(id string) bool {
	_, dup := b.seen[id]
	b.seen[id] = struct{}{}
	return !dup
}

// own completes an object with what depends on the export.
func (b *bundle) own(o stixObject) stixObject {
	o.ObjectMarkingRefs = b.marks
	if o.domain() {
		o.CreatedByRef, o.Created, o.Modified = assayIdentity, b.time, b.time
	}
	if o.Type == "indicator" {
		o.ValidFrom = b.time
	}
	return o
}

// domain reports whether o is of a type with times and a creator, which
// observables do not have.
func (o *stixObject) domain() bool {
	switch o.Type {
	case "vulnerability", "attack-pattern", "indicator", "relationship", "note":
		return true
	}
	return false
}

// note tells where an observable was found.
func (b *bundle) note(it *Item, id string, match json.RawMessage) stixObject {
	where := "bytes " + strconv.Itoa(it.Start) + " to " + strconv.Itoa(it.End)
	for _, of := range []string{it.Part, it.File} {
		if of != "" {
			where += " of " + of
		}
	}
	return b.own(extended(stixObject{
		Type: "note", SpecVersion: stixVersion, ID: "note--" + uuid5(home, "note"+strconv.Itoa(b.items)+string(match)).String(),
		Content: "Found at " + where + ", written as: " + it.Raw, ObjectRefs: []string{id},
	}, match))
}

// indicator writes an indicator for the observable, and what ties them.
func (b *bundle) indicator(observable, value, pattern string) {
	id := "indicator--" + uuid5(home, "indicator"+canonical("pattern", pattern)).String()
	b.write(b.own(stixObject{Type: "indicator", SpecVersion: stixVersion, ID: id, Name: value, Pattern: pattern, PatternType: "stix"}))
	b.write(b.own(stixObject{
		Type: "relationship", SpecVersion: stixVersion,
		ID:               "relationship--" + uuid5(home, "relationship"+canonical("source_ref", id, "target_ref", observable)).String(),
		RelationshipType: "based-on", SourceRef: id, TargetRef: observable,
	}))
}

func (b *bundle) write(o stixObject) {
	line := encode(o)
	b.w.WriteString(b.between)
	b.w.Write(line)
	b.between = ",\n"
	b.content = uuid5(b.content, string(line)) // a chain: each link names all before it
}
