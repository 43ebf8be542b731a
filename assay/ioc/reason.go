package ioc

// A reason is why a candidate was taken or refused. The texts are for people
// and stay short enough for a column.
type reason uint8

const (
	byAddress reason = iota
	byDefang
	byScheme
	byURL
	byLine
	byCell
	byTLD
	byCue
	byHeading
	byRow
	byList
	byLink
	byHead
	bySlashes
	byPort
	byAt
	byPercent
	byLength
	byLabel
	byID
	byChecksum
	byShape
	byExtension
	byQuote
	byRoot

	notFile
	notPath
	notCode
	notDetection
	notPackage
	notVersion
	notMasked
	notMessageID
	notTLD
	notSentence
	notHost
	notNumber
	notLong
	notPlaceholder
	notRemote
)

var reasons = [...]string{
	byAddress:   "address",
	byDefang:    "defanged",
	byScheme:    "scheme",
	byURL:       "host of a URL",
	byLine:      "whole line",
	byCell:      "whole cell",
	byTLD:       "top-level domain",
	byCue:       "cue word",
	byHeading:   "under a heading",
	byRow:       "labelled in its row",
	byList:      "beside other hosts",
	byLink:      "links to itself",
	byHead:      "host-like name",
	bySlashes:   "after //",
	byPort:      "port",
	byAt:        "at sign",
	byPercent:   "percent-encoded",
	byLength:    "hex of this length",
	byLabel:     "labelled",
	byID:        "id",
	byChecksum:  "checksum",
	byShape:     "shape",
	byExtension: "file extension",
	byQuote:     "in quotes",
	byRoot:      "root",

	notFile:        "file name",
	notPath:        "path",
	notCode:        "code",
	notDetection:   "detection name",
	notPackage:     "package name",
	notVersion:     "version number",
	notMasked:      "partly masked",
	notMessageID:   "message id",
	notTLD:         "no such top-level domain",
	notSentence:    "end of a sentence",
	notHost:        "not a host name",
	notNumber:      "number",
	notLong:        "too long",
	notPlaceholder: "placeholder",
	notRemote:      "repository address",
}

func (r reason) String() string { return reasons[r] }

// flags are facts about the spelling of a hit.
type flags uint8

const (
	flagRejected flags = 1 << iota
	flagUserinfo
	flagOctal
	flagInteger
	flagIDN
	flagShown // behind the value stands its host as people read it
)

// kind is an index into kinds.
type kind uint8

const (
	kIPv4 kind = iota
	kIPv6
	kCIDR
	kDomain
	kURL
	kEmail
	kMD5
	kSHA1
	kSHA256
	kSHA512
	kCVE
	kOnion
	kSHA224
	kSHA384
	kSSDeep
	kTLSH
	kImphash
	kAuthentihash
	kJA3
	kJA3S
	kJA4
	kATTACK
	kASN
	kMAC
	kUUID
	kRegistry
	kWindowsPath
	kUnixPath
	kFile
	kPackage
	kMutex
	kYARA
	kUserAgent
	kBitcoin
	kBitcoinCash
	kLitecoin
	kDogecoin
	kDash
	kZcash
	kEthereum
	kMonero
	kRipple
	kTron
	kCardano
	kStellar
	kTezos
	kSolana
	kIBAN
	kPhone
	kARN
	kAnalytics
	kTagManager
	kAdSense
	kSocial
	kTLP
)
