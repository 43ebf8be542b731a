package ioc

import "bytes"

// Judging a name. A top-level domain alone proves nothing: README.md, run.sh,
// System.IO, Agent.BT and com.example.app all end in one. Evidence decides,
// in this order: what touches the name, how it is written, what the text
// around it says.

// judge decides about a name with plain dots and a top-level domain of the
// given class.
func (s *scanner) judge(n *name, class tldClass) (reason, bool) {
	if n.odd || n.end-n.start > 63 {
		if why, ok := checkLabels(s.b[n.start:n.end], n.dot-n.start, false); !ok {
			if class&tldFile != 0 && why == notHost {
				why = notFile // read_config.py
			}
			return why, false
		}
	}
	if n.labels > 2 && n.first == n.start+1 && s.at(n.start-1) == ':' && is(s.b[n.start], cDigit) && is(s.at(n.start-2), cDigit) {
		s.dropLabel(n) // a.evil.example:2404:1.b.evil.example:2404:1, settings of a RAT
	}
	if isPlaceholder(s.b[n.start:n.end]) {
		return notPlaceholder, false
	}
	why, verdict := s.touching(n.start, n.end, class)
	if verdict != 0 {
		if why == notPath && n.upper {
			if better, ok := s.capitals(n, s.b[n.dot+1:n.end], class); !ok {
				why = better // Win32/Agent.BT
			}
		}
		return why, verdict > 0
	}
	switch {
	case s.asked:
		return byLine, true
	case s.at(n.start-1) == '\'' && s.patternValue(n.start), s.at(n.start-1) == '"' && s.at(n.start-2) == ':' && s.ruleContent(n.start):
		return byLabel, true
	}
	n.head = headWords.find(s.b[n.start:n.first])
	if why, ok := s.written(n, class); !ok {
		if why == notPackage || why == notFile {
			return s.unlessListed(n, why)
		}
		return why, false
	}
	if class&(tldFile|tldAlt) != 0 {
		if n.labels > 2 && n.head&headHost == 0 && s.underSuffix(s.b[n.start:n.end]) {
			return s.alone(n.start, n.end), true
		}
		if n.labels > 2 && s.endsInVersion(n) {
			return notFile, false
		}
		if n.labels > 2 && !n.upper && !allDigits(s.b[n.start:n.first]) {
			alone := s.alone(n.start, n.end)
			if tld := string(s.b[n.dot+1 : n.end]); tld == "app" || tld == "pl" && alone != byTLD {
				return alone, true // bundles of macOS have no dots in their names, nor have scripts
			}
		}
		return s.evidence(n.start, n.end, n.head)
	}
	alone := s.alone(n.start, s.afterPort(n.end))
	if n.labels == 2 && foldEqual(s.b[n.dot+1:n.end], "com") && s.amongFiles(n.start, n.end) {
		return notFile, false
	}
	if class&tldPlain == 0 && alone == byTLD && (s.minified(n) || s.imported(n.start, s.spaces(n.end)) || s.sectionName(n)) {
		return notCode, false // e.as&&f, from app.routes import docs, [tool.black]
	}
	if class&tldWord != 0 && s.looksLikeCode(n, class) && !(alone == byLine && n.labels > 2 && s.besideHosts(n.start)) {
		if n.labels > 2 && n.end-n.dot == 3 && alone != byTLD && string(s.b[n.dot+1:n.end]) != "id" {
			return alone, true // fields are named with words, not with countries
		}
		return s.unlessListed(n, notCode)
	}
	return alone, true
}

// dropLabel takes the first label off a name.
func (s *scanner) dropLabel(n *name) {
	n.start = n.first + 1
	n.first = n.start + bytes.IndexByte(s.b[n.start:n.end], '.')
	n.labels--
}

// afterPort skips a port at p.
func (s *scanner) afterPort(p int) int {
	if s.at(p) != ':' {
		return p
	}
	q := p + 1
	for q < p+6 && is(s.at(q), cDigit) {
		q++
	}
	if q == p+1 || is(s.at(q), cToken) {
		return p
	}
	return q
}

// hashInRow reports whether a cell of a row is a hash: then the others speak of a
// file.
func hashInRow(line []byte) bool {
	if bytes.IndexByte(line, '|') < 0 && bytes.IndexByte(line, ',') < 0 && bytes.IndexByte(line, '\t') < 0 {
		return false
	}
	for len(line) > 0 {
		end := bytes.IndexAny(line, ",;|\t")
		if end < 0 {
			end = len(line)
		}
		cell := trimWrap(line[:end])
		if n := len(cell); (n == 32 || n == 40 || n == 64) && allHex(cell) {
			return true
		}
		line = line[min(len(line), end+1):]
	}
	return false
}

// unlessListed refuses a name that reads like something else, unless the table
// or list it stands in speaks of hosts.
func (s *scanner) unlessListed(n *name, not reason) (reason, bool) {
	if why, ok := s.listed(s.lineOf(n.start), n.start, n.end); ok {
		return why, true
	}
	return not, false
}

// judgeSymbols decides about a host that is spelt with symbols. Someone who
// defangs a name says that it is one; what is left to rule out is text that
// only looks defanged.
func (s *scanner) judgeSymbols(h *hostBuf, class tldClass) (reason, bool) {
	if h.long {
		return notLong, false
	}
	if h.odd || len(h.text) > 63 {
		if why, ok := checkLabels(h.text, h.tld-1, false); !ok {
			return why, false
		}
	}
	if s.maskedBefore(h.start) || s.maskedAfter(h.end) {
		return notMasked, false
	}
	if c := s.at(h.start - 1); c == '$' || c == '\\' {
		return notCode, false
	}
	if s.at(h.start-1) == '/' && s.at(h.start-2) != '/' && class&tldFile != 0 {
		return notPath, false // 203.0.113[.]9/a/run[.]zip
	}
	if h.how&symBare != 0 && !s.bareHost(h, class) {
		return notSentence, false
	}
	if h.how&symEscaped != 0 && class&tldWord != 0 && !isLower(s.b[h.start:h.end]) {
		return notCode, false // Microsoft\.ActiveDirectory\.Management
	}
	if h.how&symDefanged == 0 || h.how&symEscaped != 0 && class&tldFile != 0 {
		if class&(tldFile|tldAlt) != 0 && !s.underSuffix(h.text) {
			return s.evidence(h.start, h.end, headWords.find(h.text[:bytes.IndexByte(h.text, '.')]))
		}
		return s.alone(h.start, h.end), true
	}
	return byDefang, true
}

// bareHost decides whether "x dot y" is a host and not a sentence.
func (s *scanner) bareHost(h *hostBuf, class tldClass) bool {
	if class&tldPlain == 0 || class&tldFile != 0 {
		return h.labels > 2
	}
	switch string(h.text[:bytes.IndexByte(h.text, '.')]) {
	case "the", "a", "an", "this", "that", "of", "and", "or", "is", "in", "to", "polka", "microsoft", "red", "every", "each", "one":
		return false
	}
	switch string(h.last()) {
	case "in", "it", "at", "be", "top", "online", "site", "club", "is", "no", "so", "me":
		return h.labels > 2
	}
	return true
}

// checkLabels checks what DNS and registries ask of a name: no label empty,
// over 63 bytes, or with a hyphen at an end; and, unless underscores are let
// pass, none in the label that is registered. dot is the last one in name.
func checkLabels(name []byte, dot int, underscores bool) (reason, bool) {
	if len(name) > maxHost {
		return notLong, false
	}
	label := 0
	for i := 0; i <= dot; i++ {
		if i < dot && name[i] != '.' {
			continue
		}
		n := i - label
		if n == 0 || n > 63 || name[label] == '-' || name[i-1] == '-' {
			return notHost, false
		}
		if i == dot && !underscores && bytes.IndexByte(name[label:i], '_') >= 0 {
			return notHost, false
		}
		label = i + 1
	}
	return 0, true
}

// touching looks at the bytes right before and after a name. The verdict is 1
// to take it, -1 to refuse it, 0 to look further.
func (s *scanner) touching(start, end int, class tldClass) (reason, int) {
	if why := s.touchingAfter(start, end, class); why != 0 {
		return why, -1
	}
	if class&tldFile != 0 && s.at(end) == '/' {
		return bySlashes, 1
	}
	switch prev := s.at(start - 1); prev {
	case '/':
		switch {
		case s.at(start-2) == '/' && class&tldFile == 0:
			return bySlashes, 1
		case s.at(start-2) == '/', s.at(start-2) == '=' && s.at(end) == '/' && class&tldFile == 0: // address=/evil.example/
			return 0, 0
		case class&tldPlain != 0 && (s.addressBefore(start-1) && !is(s.at(end), cPath) || s.floor == start-1 && s.hostsFollow(start-1)):
			return 0, 0 // a list with slashes
		}
		return notPath, -1
	case '\\':
		if c := s.at(start - 3); s.at(start-2) == '\\' && !is(c, cAlnum) && c != '%' && c != '}' && class&tldFile == 0 {
			return bySlashes, 1 // \\host\share
		}
		return notPath, -1
	case '$', '#', '&', '%':
		return notCode, -1
	case '\n':
		if p := start - 2; s.at(p) == '=' && s.softBreakAt(p) > 0 || s.at(p) == '\r' && s.softBreakAt(p-1) > 0 {
			return notMasked, -1 // the rest of a name that mail has broken
		}
	case '@':
		if class&tldFile == 0 {
			return byAt, 1
		}
		return notCode, -1
	case '.':
		if s.at(start-2) == '.' || s.maskedBefore(start-1) {
			return notMasked, -1
		}
		if isSecondLevel(s.b[start-1 : end]) {
			return notMasked, -1 // ".co.uk"
		}
		if class&tldWord != 0 && class&tldPlain == 0 && (s.at(start-2) != s.at(end) || !is(s.at(end), cWrap) || s.at(end) <= ' ') {
			return notCode, -1 // .modal.show
		}
	case ']', ')', '}', '*', 0xa6: // 0xa6 ends the ellipsis character
		if s.maskedBefore(start) {
			return notMasked, -1
		}
	}
	return 0, 0
}

// touchingAfter says why what follows a name speaks against it; 0 if it does
// not.
func (s *scanner) touchingAfter(start, end int, class tldClass) reason {
	switch next := s.at(end); next {
	case '(':
		if !is(s.at(end+1), cDigit) || class&tldPlain == 0 && !s.addressAt(end+1) {
			return notCode
		}
	case '[':
		if class&(tldWord|tldFile) != 0 {
			return notCode
		}
	case ':':
		if s.at(end+1) == ':' {
			return notCode
		}
		if _, ok := s.word(start-len("at "), "at "); ok && foldEqual(s.b[end-3:end], ".cc") && is(s.at(end+1), cDigit) {
			return notFile // at start.cc:131
		}
		if class&tldFile != 0 && s.at(start-1) == '(' {
			return notFile // (Handler.java:42)
		}
	case '/', '\\':
		if class&tldFile != 0 && (next != '/' || !s.hostWithPath(start, end)) {
			return notPath
		}
	case '$':
		return notCode
	case '_':
		if class&tldPlain == 0 {
			return notFile // ndis.sy_
		}
		if s.at(end+1) == '(' {
			return notCode // column.in_(list)
		}
	case '=':
		if s.returnPathAfter(end) {
			return notMessageID // SRS0=x=tt=evil.example=user@relay.example
		}
	case '.':
		switch s.at(end + 1) {
		case '*':
			return notPackage // com.example.*
		case '<':
			if s.at(end+2) == '*' {
				return notPackage // com.example.<*>
			}
		case '$', '{':
			return notMasked // click.bs.${name}
		}
	}
	if s.maskedAfter(end) {
		return notMasked
	}
	return 0
}

// hostWithPath reports whether text[start:end], before a slash, is a host at the
// beginning of a line: "evil.pl/gate.php". Scripts are no folders.
func (s *scanner) hostWithPath(start, end int) bool {
	return end-start > 3 && s.b[end-3] == '.' && is(s.at(end+1), cAlnum) && s.edgeBefore(start) == '\n' && isLower(s.b[start:end])
}

// addressAt reports whether an IPv4 address begins at p.
func (s *scanner) addressAt(p int) bool {
	_, _, ok := parseIPv4(s.b, p)
	return ok
}

// addressBefore reports whether an IPv4 address ends at p, as in
// "203.0.113.5/evil.example".
func (s *scanner) addressBefore(p int) bool {
	start := p
	for start > 0 && p-start < 15 && is(s.b[start-1], cDigit|cToken) && !is(s.b[start-1], cAlpha) {
		start--
	}
	end, _, ok := parseIPv4(s.b, start)
	return ok && end == p
}

// maskedBefore reports whether the name at start is only the tail of one:
// "p[BLOCKED]h.com", "zone(788|789).com", "***.evil.com".
func (s *scanner) maskedBefore(start int) bool {
	switch c := s.at(start - 1); c {
	case ']', ')', '}':
		low := max(0, start-32)
		for p := start - 2; p >= low; p-- {
			switch b := s.b[p]; {
			case b == '\n' || b == c:
				return false
			case isOpener(b):
				return p > 0 && (is(s.b[p-1], cToken) || s.b[p-1] == '/')
			}
		}
	case '*':
		return s.at(start-2) == '*' && is(s.at(start-3), cAlnum)
	case 0xa6:
		return s.at(start-3) == 0xe2 && s.at(start-2) == 0x80
	}
	return false
}

// maskedAfter reports whether the name that ends at end goes on behind a mask.
func (s *scanner) maskedAfter(end int) bool {
	if c := s.at(end); c == '[' || c == '(' || c == '{' {
		for p := end + 1; p < min(len(s.b), end+24); p++ {
			switch b := s.b[p]; {
			case isCloser(b):
				return p > end+1 && is(s.at(p+1), cAlnum) && c != '('
			case !is(b, cAlnum):
				return false
			}
		}
	}
	return false
}

// written looks at the letters of the name itself.
func (s *scanner) written(n *name, class tldClass) (reason, bool) {
	tld := s.b[n.dot+1 : n.end]
	if n.upper {
		if why, ok := s.capitals(n, tld, class); !ok {
			return why, false
		}
	}
	switch {
	case n.first-n.start == 4 && isSelf(s.b[n.start:n.first]) && (n.labels > 2 || len(tld) == 2 || class&tldPlain == 0),
		n.labels > 2 && (bytes.Contains(s.b[n.start:n.end], []byte(".this.")) || bytes.Contains(s.b[n.start:n.end], []byte(".prototype."))):
		return notCode, false
	case n.labels > 2 && isReversed(n.head, tld, class), n.labels > 2 && foldEqual(tld, "android"),
		n.labels > 3 && n.head&headCountry != 0 && class&tldPlain == 0 && bytes.HasPrefix(s.b[n.first:n.end], []byte(".com.")):
		return notPackage, false
	case n.labels > 2 && class&tldPlain == 0 && s.doubleExtension(n):
		return notFile, false
	case n.head&headLanguage != 0 && n.labels == 2 && len(tld) < 4 && (tld[0]|0x20 == 'i' || tld[0]|0x20 == 'n'):
		return notCode, false // java.io, ASP.NET
	case n.labels == 2 && len(tld) == 2 && n.first-n.start <= 2 && allDigits(s.b[n.start:n.first]):
		return notSentence, false
	}
	return 0, true
}

// isSelf reports whether a program calls itself so.
func isSelf(label []byte) bool { return string(label) == "this" || string(label) == "self" }

// doubleExtension reports whether the label before the last one is an extension
// of files, too: "invoice.pdf.zip", "mcutil.dll.bbc".
func (s *scanner) doubleExtension(n *name) bool {
	label := s.b[n.start:n.dot]
	label = label[bytes.LastIndexByte(label, '.')+1:]
	var buf [16]byte
	switch string(lowered(&buf, label)) {
	case "exe", "dll", "sys", "scr", "pdf", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "rtf", "lnk", "rar", "7z", "iso", "vbs", "hta",
		"ps1", "msi", "apk", "jar", "jpg", "jpeg", "png", "gif", "txt", "dat", "tmp", "bak":
		return true
	}
	return false
}

// endsInVersion reports whether a version stands before the last label of a name:
// "tool_0.2.9.zip".
func (s *scanner) endsInVersion(n *name) bool {
	name := s.b[n.start:n.dot]
	dot := bytes.LastIndexByte(name, '.')
	return dot > 0 && is(name[dot-1], cDigit) && allDigits(name[dot+1:])
}

// isPlaceholder reports whether a name is nothing but the letter x.
func isPlaceholder(name []byte) bool {
	if name[0]|0x20 != 'x' {
		return false
	}
	for _, c := range name {
		if c|0x20 != 'x' && c != '.' {
			return false
		}
	}
	return true
}

// capitals looks at a name that has capital letters. Hosts are written in one
// case, or capitalised as names are; anything else is code, a detection name,
// or two sentences that lack a blank.
func (s *scanner) capitals(n *name, tld []byte, class tldClass) (reason, bool) {
	name := s.b[n.start:n.end]
	switch caseOf(tld) {
	case caseMixed, caseTitle:
		if !is(name[0], cUpper) {
			return notSentence, false
		}
		if caseOf(tld) == caseMixed || class&tldPlain == 0 {
			return notCode, false
		}
		if n.labels == 2 && (foldEqual(s.b[n.start:n.first], "ltd") || foldEqual(s.b[n.start:n.first], "inc")) {
			return notSentence, false
		}
		switch string(tld) {
		case "Net", "In", "It", "At", "Is", "No", "So", "Be", "Top", "Site", "Online", "Club":
			return notCode, false
		case "Co":
			if c := s.at(n.end); c == '.' || c == ',' {
				return notSentence, false // Digital Tech.Co.,Ltd
			}
		}
	case caseUpper:
		if hasLower(name) {
			return notDetection, false
		}
		if len(tld) == 2 && n.labels == 2 && n.first == n.start+1 {
			return notDetection, false
		}
		if len(tld) == 2 && !isSecondLevel(name) && s.alone(n.start, n.end) == byTLD && s.cueBefore(s.lineOf(n.start), n.start) != cueHost {
			return notDetection, false
		}
	}
	if is(name[0], cUpper) && n.labels > 2 && n.head&headDetection != 0 {
		return notDetection, false
	}
	return 0, true
}

type letterCase uint8

const (
	caseLower letterCase = iota
	caseUpper
	caseTitle
	caseMixed
)

func caseOf(word []byte) letterCase {
	upper := 0
	for _, c := range word {
		if is(c, cUpper) {
			upper++
		}
	}
	switch {
	case upper == 0:
		return caseLower
	case upper == len(word):
		return caseUpper
	case upper == 1 && is(word[0], cUpper):
		return caseTitle
	}
	return caseMixed
}

func hasLower(b []byte) bool {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			return true
		}
	}
	return false
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !is(c, cDigit) {
			return false
		}
	}
	return true
}

// isReversed reports whether a name of three labels or more reads like
// "com.example.app": a top-level domain first, and last a word that names a
// part of a program.
func isReversed(head uint8, tld []byte, class tldClass) bool {
	switch {
	case head&headPackage != 0:
		switch string(tld) {
		case "com", "net", "org", "info", "biz", "ru", "cn", "xyz", "top", "de", "uk", "fr", "br", "jp", "eu", "ua", "ir", "pl", "nl", "kr", "tw", "hk", "vn", "tr":
			return false
		}
		return true
	case head&headCountry != 0:
		return class&(tldWord|tldFile) != 0 && class&tldPlain == 0
	}
	return false
}

// patternValue reports whether what begins at p, behind a quote, is the value of
// a STIX pattern: "[domain-name:value = 'x.evil.me']".
func (s *scanner) patternValue(p int) bool {
	p = s.spacesBack(p - 1)
	if s.at(p-1) != '=' {
		return false
	}
	p = s.spacesBack(p - 1)
	_, ok := s.word(p-len(":value"), ":value")
	return ok
}

// ruleContent reports whether what begins at p, behind a quote, is what a rule of
// Suricata looks for in a name: "dns.query; content:"evil.example"".
func (s *scanner) ruleContent(p int) bool {
	p -= len(`content:"`)
	if _, ok := s.word(p, `content:"`); !ok {
		return false
	}
	for _, buffer := range [...]string{"dns.query; ", "dns_query; ", "tls.sni; ", "tls_sni; ", "http.host; "} {
		if _, ok := s.word(p-len(buffer), buffer); ok {
			return true
		}
	}
	return false
}

// besideHosts reports whether what begins at p is an entry of a list of hosts.
func (s *scanner) besideHosts(p int) bool {
	l := s.lineOf(p)
	return !l.clipped && s.isEntry(l, p) && s.listCue(l) == cueHost
}

// amongFiles reports whether a name stands in a list of files: those beside it
// end like files, and either there are two before it or the words before speak
// of files. The programs of MS-DOS are called "more.com".
func (s *scanner) amongFiles(start, end int) bool {
	p, before, sum := start, 0, 0
	for before < 4 {
		q := s.listGap(p, -1)
		kind := s.fileEnds(q)
		if q == p || kind == 0 {
			break
		}
		before++
		sum += kind
		for p = q; p > q-64 && is(s.at(p-1), cToken); {
			p--
		}
	}
	if sum > before && before > 1 {
		return true
	}
	if q := s.listGap(end, 1); before > 0 || q > end && s.fileBegins(q) > 0 {
		return s.cueBefore(s.lineOf(start), start) == cueFile
	}
	return false
}

// listGap skips what stands between the entries of a list, at most four bytes.
func (s *scanner) listGap(p, step int) int {
	at := p
	if step < 0 {
		at--
	}
	for n := 0; n < 4; n++ {
		if c := s.at(at); c != ',' && c != ' ' && c != '"' && c != '\'' && c != '`' && c != ';' {
			break
		}
		at += step
		p += step
	}
	return p
}

// fileEnds tells what ends at p: 2 the extension of a program of Windows, 1 that
// of another file, 0 neither or one of usual hosts.
func (s *scanner) fileEnds(p int) int {
	start := p
	for start > 0 && p-start < 5 && is(s.b[start-1], cAlnum) {
		start--
	}
	ext := s.b[start:p]
	if s.at(start-1) != '.' || !is(s.at(start-2), cToken) || extensions.find(ext) == 0 {
		return 0
	}
	switch class := tldOf(ext); {
	case class&tldPlain != 0:
		return 0
	case class != 0:
		return 1
	}
	var buf [16]byte
	switch string(lowered(&buf, ext)) {
	case "exe", "dll", "sys", "scr", "bat", "cmd", "pif", "ocx", "cpl", "vbs", "ps1", "lnk", "msi", "hta":
		return 2
	}
	return 1
}

// fileBegins is the same for a name that begins at p.
func (s *scanner) fileBegins(p int) int {
	end := p
	for end < p+64 && is(s.at(end), cToken) {
		end++
	}
	for end > p && s.b[end-1] == '.' {
		end--
	}
	return s.fileEnds(end)
}

// evidence decides about a name that is more likely a file: something around
// it has to speak for a host.
func (s *scanner) evidence(start, end int, head uint8) (reason, bool) {
	if s.asked {
		return byLine, true
	}
	if head&headHost != 0 {
		return byHead, true
	}
	if s.at(start-1) == '(' && s.at(start-2) == ']' && s.at(end) == ')' {
		return notPath, false // [guide](GUIDE.md)
	}
	if s.linksToItself(start, end) {
		return byLink, true
	}
	if s.betweenHosts(start, end) {
		return byList, true
	}
	line := s.lineOf(start)
	if why, ok := s.listed(line, start, end); ok || s.line.row == cueFile || start == line.start {
		if why == byHeading && isScript(s.b[start:end]) && s.alone(start, end) != byLine {
			return notFile, false
		}
		return why, ok
	}
	c := s.cueBefore(line, start)
	if foreign := s.foreignBefore(line, start); foreign == foreignHost || foreign == foreignFile {
		if c == cueNone || s.foreign.at > s.cues.at {
			c = cue(foreign)
		}
	}
	if c == cueHost && !(head&headCode != 0 || isScript(s.b[start:end]) && s.cues.words-s.cues.nth > 1) {
		return byCue, true
	}
	return notFile, false
}

// betweenHosts reports whether a name stands between two hosts in a list without
// blanks: "a.com;b.pl;c.org".
func (s *scanner) betweenHosts(start, end int) bool {
	if c := s.at(end); c != s.at(start-1) || c != ';' && c != ',' && c != '|' {
		return false
	}
	stop := s.runEnd(end + 1)
	tail := s.b[end+1 : stop]
	i := bytes.LastIndexByte(tail, '.')
	head := start - 1
	for head > 0 && start-head < 8 && is(s.b[head-1], cAlpha) {
		head--
	}
	return i > 0 && isUsualTLD(tail[i+1:]) && s.at(head-1) == '.' && isUsualTLD(s.b[head:start-1])
}

// isUsualTLD reports whether only hosts end in label.
func isUsualTLD(label []byte) bool {
	class := tldOf(label)
	return class&tldPlain != 0 && class&tldFile == 0
}

// isScript reports whether a name ends in what a word far away does not make a
// host. Paraguay sells names under com.py and the like only.
func isScript(name []byte) bool {
	ext := name[bytes.LastIndexByte(name, '.')+1:]
	return foldEqual(ext, "py") || foldEqual(ext, "pid") || foldEqual(ext, "properties")
}

// linksToItself reports whether a name is the text of a link to itself:
// "[cert.pl](https://cert.pl/posts)".
func (s *scanner) linksToItself(start, end int) bool {
	if s.at(end) != ']' || s.at(end+1) != '(' {
		return false
	}
	target := s.b[end+2 : min(len(s.b), end+2+len("https://www.")+end-start+1)]
	i := bytes.Index(target, []byte("://"))
	if i < 0 {
		return false
	}
	target = bytes.TrimPrefix(target[i+3:], []byte("www."))
	n := end - start
	return len(target) >= n && bytes.Equal(target[:n], s.b[start:end]) && (len(target) == n || !is(target[n], cLabel))
}

// listed decides about a name by the table or the list it stands in: by the
// other cells of its row or, if the name is all there is in its line or cell,
// by the heading above and by the lines beside it.
func (s *scanner) listed(l line, start, end int) (reason, bool) {
	if start == l.start && (end == l.end || end == l.end-1 && s.b[end] == '\r') {
		s.line.row, s.line.rowAt = cueNone, l.span // as in most lists
	} else {
		c, alone := s.rowCue(l), s.alone(start, s.afterPort(end)) != byTLD
		whole := alone
		if tag := s.tagCue(start, end); tag != cueNone {
			c, whole = tag, true
		}
		if c == cueNone {
			c, whole = s.objectCue(start), s.at(end) == '"'
		}
		switch {
		case c == cueHost && whole:
			return byRow, true
		case c == cueFile, l.clipped, !alone:
			return notFile, false
		}
	}
	heading, list := s.heading(l.start), cueNone
	entry := s.isEntry(l, start)
	if entry {
		list = s.listCue(l)
	}
	above := s.sect.listAt > s.sect.at // something stands nearer than the heading
	switch {
	case hashInRow(s.b[l.start:l.end]), heading == cueHost && list == cueFile && above && s.sect.list == cueFile:
		return notFile, false
	case heading == cueHost:
		return byHeading, true
	case list == cueHost && (heading == cueNone || above || s.next.found && s.next.at == l.end+1):
		return byList, true
	}
	return notFile, false
}
