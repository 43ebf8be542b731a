package ioc

import "bytes"

// email looks at an at sign.
func (s *scanner) email(p int) {
	if next := s.at(p + 1); !is(next, cLabel) && next < 0x80 && next != ' ' && !isCloser(next) && next != '\\' {
		return
	}
	if c := s.at(p - 1); isOpener(c) || c == ' ' {
		if q := s.symbolStart(p); q >= 0 {
			s.emailAt(q)
			return
		}
	}
	if s.mayBeHost(p + 1) {
		s.emailAt(p)
	}
}

// mayBeHost is a quick look at whether a host may begin at p. Without it a
// text of nothing but at signs would cost a local part each.
func (s *scanner) mayBeHost(p int) bool {
	end := s.runEnd(p)
	if is(s.at(end), cOpen) || s.at(end) == ']' && end > p && s.b[end-1] == '.' {
		return true
	}
	for end > p && !is(s.b[end-1], cAlnum) {
		end--
	}
	if end == p {
		return false
	}
	var n name
	return s.nameOf(&n, p, end) && (tldOf(s.b[n.dot+1:n.end]) != 0 || s.rejected)
}

// emailAt decides about an address whose at symbol begins at p.
func (s *scanner) emailAt(p int) {
	host, how := s.atSymbol(p)
	if how == 0 || !s.labelAt(host) || p == s.floor || !is(s.b[p-1], cLocal) {
		return
	}
	start, end := s.localPart(p)
	if start == end {
		return
	}
	h := s.readHost(host)
	if h.labels < 2 || h.long {
		return
	}
	s.takeEmail(span{start, end}, h, how)
}

// localPart returns the local part that ends at p.
func (s *scanner) localPart(p int) (start, end int) {
	if p > 0 && s.b[p-1] == '.' {
		return p, p
	}
	if s.local.end == p && s.local.start >= s.floor {
		return s.local.start, s.local.end
	}
	low := max(s.floor, p-65)
	start = p
	for start > low && is(s.b[start-1], cLocal) {
		start--
	}
	if p-start > 64 {
		return p, p
	}
	if s.at(start-1) == '=' && start > low {
		if _, ok := s.word(start, "3d"); ok && start+2 < p {
			start += 2 // the '=' of quoted-printable
		} else {
			start = s.returnPath(start, low, p)
		}
	}
	if s.at(start-1) == '\\' && s.escapeBefore(start+1) {
		start++
	}
	for start < p && !is(s.b[start], cAlnum) && s.b[start] != '_' {
		start++
	}
	return start, p
}

// returnPath extends the local part text[start:end] over '=' when it reads like
// the return address of a mailing: "bounce+7=example.com", "info=example.com",
// not "to=name".
func (s *scanner) returnPath(start, low, end int) int {
	q := start - 1
	for q > low && (is(s.b[q-1], cLocal) || s.b[q-1] == '=' || s.b[q-1] == '/' && is(s.at(q-2), cAlnum)) {
		q--
	}
	if i := bytes.LastIndexByte(s.b[q:start], '/'); i >= 0 && (start-q < 4 || !foldEqual(s.b[q:q+3], "srs")) {
		q += i + 1 // only such a rewritten sender has a slash
	}
	head := s.b[q:start]
	for _, w := range [...]string{"bounce", "prvs", "srs", "btv1", "msprvs"} {
		if len(head) > len(w) && foldEqual(head[:len(w)], w) {
			return q
		}
	}
	if bytes.IndexByte(head, '+') > 0 {
		return q
	}
	tail := s.b[start:end]
	if i := bytes.Index(tail, []byte("__")); i > 0 {
		tail = tail[:i] // name=example.com__381xbc@
	}
	dot := bytes.LastIndexByte(tail, '.')
	if dot <= 0 || tldOf(tail[dot+1:])&tldPlain == 0 {
		return start
	}
	var buf [16]byte
	if len(head) > len(buf) {
		return q
	}
	switch string(lowered(&buf, head[:max(0, len(head)-1)])) {
	case "", "from", "to", "cc", "bcc", "sender", "recipient", "rcpt", "user", "username", "email", "mail", "mailfrom", "login", "account", "addr", "address", "orig_to", "suser", "duser":
		return start
	}
	return q
}

// returnPathAfter reports whether what stands before the '=' at p belongs to a
// rewritten sender that goes on there.
func (s *scanner) returnPathAfter(p int) bool {
	q := p + 1
	for q < p+65 && is(s.at(q), cLocal) {
		q++
	}
	if q == p+1 || s.at(q) != '@' {
		return false
	}
	low := p
	for low > max(s.floor, p-64) && (is(s.b[low-1], cLocal) || s.b[low-1] == '=' || s.b[low-1] == '/') {
		low--
	}
	head := s.b[low:p]
	return len(head) > 4 && (foldEqual(head[:3], "srs") || bytes.IndexByte(head, '+') > 0 && bytes.IndexByte(head, '=') > 0)
}

// takeEmail takes or refuses the address of a local part and the host in h.
func (s *scanner) takeEmail(local span, h *hostBuf, how symbols) {
	if h.wide && !s.toASCII(h) || tldOf(h.last()) == 0 {
		s.refuse(kEmail, local.start, h.end, notTLD)
		return
	}
	if h.odd || h.wide || len(h.text) > 63 {
		if why, ok := checkHost(h.text); !ok {
			s.refuse(kEmail, local.start, h.end, why)
			return
		}
	}
	if isPlaceholder(h.text) {
		s.refuse(kEmail, local.start, h.end, notPlaceholder)
		s.settle(h.end)
		return
	}
	if s.maskedBefore(local.start) || s.maskedAfter(h.end) {
		s.refuse(kEmail, local.start, h.end, notMasked)
		s.settle(h.end)
		return
	}
	if string(s.b[local.start:local.end]) == "git" && s.at(h.end) == ':' && is(s.at(h.end+1), cAlpha) {
		s.refuse(kEmail, local.start, h.end, notRemote)
		return
	}
	if s.inMessageID(local) {
		s.refuse(kEmail, local.start, h.end, notMessageID)
		s.settle(h.end)
		return
	}
	for s.b[local.start] == '_' && local.end-local.start > 1 && s.at(h.end) == '_' { // _name@example.com_
		local.start++
	}
	why := byAt
	if (how|h.how)&symDefanged != 0 {
		why = byDefang
	}
	val := len(s.arena)
	s.appendLocal(local)
	s.arena = append(append(s.arena, '@'), h.text...)
	end := h.end
	s.takeArena(kEmail, local.start, end, val, why)
	if s.wants(onWalk) {
		s.taken = append(s.taken, span{local.start, end})
	}
	s.flagWide()
	s.settle(end)
}

// appendLocal copies a local part, or a user, to the arena, its dots
// refanged.
func (s *scanner) appendLocal(local span) {
	for p := local.start; p < local.end; {
		if e, how := s.dotAt(p); how&symDefanged != 0 && e <= local.end {
			s.arena = append(s.arena, '.')
			p = e
			continue
		}
		s.arena = append(s.arena, s.b[p])
		p++
	}
}

// A headerMemo remembers the header that the line at start belongs to: headers
// run over lines that begin with a blank.
type headerMemo struct {
	start int
	depth int // lines since the header began
	isID  bool
}

// maxFolds is how many lines of a header are followed.
const maxFolds = 16

// inMessageID reports whether a local part begins a message id, by its label or
// by the header it stands in: they look like addresses and are none.
func (s *scanner) inMessageID(local span) bool {
	p := local.start
	if s.at(p-1) != '<' {
		return false
	}
	if s.labelledID(p-1) || s.receivedID(local) {
		return true
	}
	start, _ := s.lineBounds(p)
	if start > 0 && s.b[start-1] != '\n' {
		return false // the line is longer than anyone looks
	}
	if m := &s.header; m.start != start {
		*m = s.headerOf(start)
	}
	return s.header.isID
}

// labelledID reports whether a log calls what begins at p a message id.
func (s *scanner) labelledID(p int) bool {
	for n := 0; n < 3 && !is(s.at(p-1), cAlnum) && p > 0; n++ {
		p--
	}
	for _, label := range [...]string{"message-id", "messageid", "message_id", "msgid"} {
		if _, ok := s.word(p-len(label), label); ok {
			return true
		}
	}
	return false
}

// receivedID recognises "id <20071021093820.HSPC16667@host>", what servers write
// into Received headers: nobody's name has so many digits.
func (s *scanner) receivedID(local span) bool {
	if _, ok := s.word(local.start-5, " id <"); !ok {
		return false
	}
	digits := 0
	for _, c := range s.b[local.start:local.end] {
		if is(c, cDigit) {
			digits++
		}
	}
	return digits >= 6
}

func (s *scanner) headerOf(start int) headerMemo {
	m := headerMemo{start: start}
	line := start
	for ; line > 0 && (s.at(line) == ' ' || s.at(line) == '\t'); m.depth++ {
		if m.depth == maxFolds {
			return m
		}
		low := max(0, line-1-maxLine)
		line = low + bytes.LastIndexByte(s.b[low:line-1], '\n') + 1
		if line == s.header.start {
			m.depth += s.header.depth + 1
			m.isID = s.header.isID && m.depth <= maxFolds
			return m
		}
	}
	m.isID = isIDHeader(s.b[line:min(len(s.b), line+64)])
	return m
}

// isIDHeader reports whether line begins with the name of a header that holds
// message ids.
func isIDHeader(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i < 10 {
		return false
	}
	if foldEqual(line[i-10:i], "message-id") {
		return true // X-Original-Message-ID
	}
	var buf [16]byte
	switch string(lowered(&buf, line[:i])) {
	case "in-reply-to", "references", "content-id", "thread-index":
		return true
	}
	return false
}

// bareEmail tries "name at example dot com" around a host in words.
func (s *scanner) bareEmail(h *hostBuf) bool {
	p := h.start
	if e, ok := s.word(p-4, " at "); !ok || e != p || p-4 < s.floor {
		return false
	}
	start, end := s.localPart(p - 4)
	if start == end || tldOf(h.last()) == 0 {
		return false
	}
	s.takeEmail(span{start, end}, h, symDefanged|symBare)
	return true
}
