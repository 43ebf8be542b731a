package ioc

// The kinds that are not looked for by default have no mark in the masks: they
// are found by a second walk over the words of the text, which is made only
// when one of them is wanted.

const (
	onWalk = ^uint64(1<<defaultKinds-1) &^ (1<<kOnion | 1<<kSHA224 | 1<<kSHA384 | labelledHashes | 1<<kFile | 1<<kPackage)
	coins  = 1<<kBitcoin | 1<<kBitcoinCash | 1<<kLitecoin | 1<<kDogecoin | 1<<kDash | 1<<kZcash | 1<<kEthereum | 1<<kMonero |
		1<<kRipple | 1<<kTron | 1<<kCardano | 1<<kStellar | 1<<kTezos | 1<<kSolana
)

// wants reports whether one of the kinds is asked for.
func (s *scanner) wants(kinds uint64) bool { return s.want&kinds != 0 }

// walk looks at the words that begin in [from,to).
func (s *scanner) walk(from, to int) {
	p := max(from, s.walked)
	for p < to {
		c := s.b[p]
		switch {
		case s.at(p-1) == '\\' && s.escapeBefore(p+1):
			p++ // the n of "\n"
		case is(c, cAlnum):
			end, kinds := p+1, class[c]
			for high := min(len(s.b), p+maxToken); end < high && is(s.b[end], cAlnum); end++ {
				kinds |= class[s.b[end]]
			}
			if (!is(s.at(p-1), cAlnum) || s.escapeBefore(p)) && (kinds&cDigit != 0 || s.mayBegin(p, end)) {
				end = max(end, s.aWord(p, end))
			}
			p = end
		case is(c, cStart) && (!is(s.at(p-1), cAlnum) || s.escapeBefore(p)):
			p = max(p+1, s.aStart(p, c))
		default:
			p++
		}
	}
	s.walked = p
}

// walkWords are the words without digits that something may begin with.
var walkWords = newWordTable(wordList(map[uint8]string{1: `as asn arn tlp rule mozilla ua gtm pub bitcoincash user mutex mutexes mutant
	telegram twitter instagram facebook tiktok github hklm hkcu hku hkcr hkcc hkey`}))

// mayBegin is a quick look at a word without digits: most words of most texts
// begin nothing.
func (s *scanner) mayBegin(p, e int) bool {
	switch n := e - p; {
	case n == 1:
		c := s.at(e + 1)
		return s.at(e) == ':' && (c == '\\' || c == '/') || s.b[p] == 'G' // a drive, "G-XXXXXXXXXX"
	case n >= 25:
		return true
	case n == 2 || n == 4 || n == 8: // a group of letters from a to f
		if c := s.at(e); (c == ':' || c == '-' || c == '.') && s.hexFrom(p, n) == e {
			return true
		}
	}
	return walkWords.find(s.b[p:e]) != 0
}

// aStart looks at a byte, not of a word, that may begin something. It returns
// where that ends, or 0.
func (s *scanner) aStart(p int, c byte) int {
	if s.inURL(p) {
		return 0
	}
	switch c {
	case '%', '\\':
		return s.windowsPath(p)
	case '/', '~':
		return s.unixPath(p)
	case '+':
		return s.phone(p)
	}
	return 0
}

// inURL reports whether p lies in a URL or e-mail address that was found.
func (s *scanner) inURL(p int) bool {
	for len(s.taken) > 0 && s.taken[0].end <= p {
		s.taken = s.taken[1:]
	}
	return len(s.taken) > 0 && s.taken[0].start <= p
}

// aWord looks at the word text[p:e]. It returns where what it found ends, or 0.
func (s *scanner) aWord(p, e int) int {
	inURL := s.inURL(p)
	if s.wants(coins) {
		if end := s.coin(p, e); end > 0 {
			return end
		}
	}
	if end := s.webID(p, e); end > 0 {
		return end
	}
	if end := s.uuid(p, e); end > 0 {
		return end
	}
	if end := s.attackID(p, e); end > 0 {
		return end
	}
	if inURL {
		return 0
	}
	if e-p == 1 {
		if end := s.windowsDrive(p, e); end > 0 {
			return end
		}
	}
	switch c := lower(s.b[p]); {
	case c == 'h':
		return s.registry(p, e)
	case c == 'm' && s.b[p] == 'M' && e-p == 7:
		return s.userAgent(p, e)
	case c == 'r' && e-p == 4:
		return s.yara(p, e)
	}
	for _, find := range wordKinds {
		if end := find(s, p, e); end > 0 {
			return end
		}
	}
	if is(s.b[p], cDigit) {
		return 0
	}
	return s.labelled(p, e)
}

var wordKinds = [...]func(*scanner, int, int) int{
	(*scanner).mac, (*scanner).asn, (*scanner).fuzzyHash, (*scanner).ja4, (*scanner).arn, (*scanner).iban, (*scanner).tlp,
}

// exact reports whether text[p:e] is w exactly.
func (s *scanner) exact(p, e int, w string) bool { return s.text[p:e] == w }

// takeText records a match whose value is given.
func (s *scanner) takeText(k kind, start, end int, value []byte, why reason) {
	val := len(s.arena)
	s.arena = append(s.arena, value...)
	s.takeArena(k, start, end, val, why)
}

// digitsFrom returns where the digits from p on end.
func (s *scanner) digitsFrom(p int) int {
	for high := min(len(s.b), p+64); p < high && is(s.b[p], cDigit); {
		p++
	}
	return p
}

// hexFrom returns where the hexadecimal digits from p on end, at most n.
func (s *scanner) hexFrom(p, n int) int {
	for high := min(len(s.b), p+n); p < high && is(s.b[p], cHex); {
		p++
	}
	return p
}
