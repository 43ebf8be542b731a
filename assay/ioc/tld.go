package ioc

import (
	_ "embed"

	"strings"
)

//go:generate go run tldgen.go

// tldList is the ICANN section of the public suffix list, one name a line.
//
//go:embed tlds.txt
var tldList string

// What is known about a top-level domain; 0 means it does not exist.
type tldClass uint8

const (
	tldKnown tldClass = 1 << iota
	// tldFile: also a file extension, and a bare name in a report is far
	// more often the file.
	tldFile
	// tldWord: also an ordinary property or method name in code.
	tldWord
	// tldPlain: so usual for hosts that no other reading is likely.
	tldPlain
	// tldAlt: not in the root zone, but resolved by other roots or by I2P, or
	// kept for examples (RFC 2606).
	tldAlt
)

// Extensions of files and of systemd's units that are also top-level domains.
const tldFiles = `app bat cab cat data dds dot hiv inc java map md mo mov one pid pl pm
	properties prof ps pub py rs save sh so tab target zip`

// Names of fields and methods that are also top-level domains.
const tldWords = `abc academy actor ads agency am apartments app archi art as associates at author auto
	baby band bar be bid bike bio blog blue boo book box build builders cab cafe call cam camera camp
	car cards care cars case cash cat center channel chat cheap circle click clinic clothing cloud club coach codes
	community company computer condos construction contact contractors cool country coupon credit
	data date day deal dealer degree delivery delta design dev diet digital direct directory discount do docs dog domains dot
	download earth education email energy engineer events exchange expert express fail faith family fan
	fans farm fashion feedback film finance financial fire fish fit flights forum foundation free fun fund
	fyi gallery game games garden gift gifts global gold golf graphics green group guide guru hair
	health help here hiphop history hockey holdings holiday host hosting hot house how icu id immo in inc
	industries info ink install institute insure international is it java joy land law lease legal life
	lighting limited limo link live living loan loans local lol love ltd luxury mail management map market
	marketing me media memorial men menu mobile money monster movie my name navy network new news
	next no now nu observer off office one online open page parts party pay phone photo photography photos pics
	pictures pin pink place play plus poker post press prime pro productions prof promo properties
	property protection pub racing read realty recipes red rent rentals repair report rest review
	reviews rich rip rocks room rules run safe sale save school schule science search secure security
	select services sex shell shoes shop show silk site ski so social software solar solutions space spot
	spread star storage store stream studio study style supplies supply support surf systems tab talk
	tax team technology tips tires to today tools top total tours town toys trade trading training travel tube us
	vacations ventures versicherung video vip vision vote voting voyage watch weather webcam website wed
	wedding win wine winners work works world wow yoga you zone`

const tldPlains = `com net org info biz edu gov mil int ru cn de uk fr br jp eu nl ir ua ro pl it in
	kr tw hk vn th tr gr hu cz sk bg se fi dk es pt mx ar cl ca au nz za ch be at xyz top online site club
	onion arpa tk ml ga cf gq cc ws su pw icu io co tv asia mobi tel`

const tldAlts = `bit bazar lib coin emc i2p loki eth crypto example test`

// tlds holds every top-level domain with its class.
var tlds = func() *wordTable {
	words := map[string]uint8{}
	_, names, _ := strings.Cut(tldList, "\n") // the first line is a comment
	for _, name := range strings.Fields(names) {
		words[name] = uint8(tldKnown)
	}
	for name, class := range wordList(map[uint8]string{
		uint8(tldFile): tldFiles, uint8(tldWord): tldWords, uint8(tldPlain): tldPlains,
	}) {
		if words[name] != 0 {
			words[name] |= class
		}
	}
	for _, name := range strings.Fields(tldAlts) {
		words[name] = uint8(tldKnown | tldAlt | tldFile)
	}
	return newWordTable(words)
}()

// tldOf tells what label is as a top-level domain, in any letter case; 0 if it
// is none.
func tldOf(label []byte) tldClass {
	if len(label) < 2 {
		return 0
	}
	return tldClass(tlds.find(label))
}
