package ioc

import "bytes"

// labelled reads what only its label tells: "mutex: Global\x",
// "User-Agent: x", "Telegram: @x", "SOL: x".
func (s *scanner) labelled(p, e int) int {
	var buf [16]byte
	switch string(lowered(&buf, s.b[p:e])) {
	case "mutex", "mutexes", "mutant":
		if s.wants(1 << kMutex) {
			return s.mutex(e)
		}
	case "user":
		if end, ok := s.word(e, "-agent"); ok && s.wants(1<<kUserAgent) {
			return s.agentAfter(end)
		}
	case "telegram", "twitter", "instagram", "facebook", "tiktok", "github":
		if s.wants(1 << kSocial) {
			return s.socialLabel(bytes.ToLower(s.b[p:e]), e)
		}
	}
	return 0
}

// valueAfter skips what stands between a label and its value, and returns
// where the value begins and what quotes it; 0 if there is none on the line.
func (s *scanner) valueAfter(p int) (start int, quote byte) {
	_, line := s.lineBounds(p)
	colon := false
	for q := p; q < min(line, p+32); {
		switch c := s.b[q]; c {
		case ':', '=', '|':
			colon = true
			q++
		case ' ', '\t', '*', '(':
			q++
		case '`', '"', '\'':
			return q + 1, c
		default:
			if colon {
				return q, 0
			}
			end := q
			for is(s.at(end), cAlpha) {
				end++
			}
			var buf [16]byte
			switch string(lowered(&buf, s.b[q:end])) {
			case "name", "names", "named", "is", "object", "objects", "called", "string", "header":
				q = end
			default:
				return 0, 0
			}
		}
	}
	return 0, 0
}

// valueEnd is where a labelled value ends: at its quote or, bare, at a blank.
// That is not searched for much further than a value may be long, nor again in
// what is known to be of one: it may hold labels by the hundred.
func (s *scanner) valueEnd(start int, quote byte) int {
	_, line := s.lineBounds(start)
	high := min(line, start+2*maxMutex)
	if quote != 0 {
		return start + max(0, bytes.IndexByte(s.b[start:high], quote))
	}
	if start < s.value.start || start > s.value.end {
		s.value = span{start, start}
	}
	end := min(s.value.end, high)
	for end < high && s.b[end] > ' ' && s.b[end] != ',' && s.b[end] != ';' && s.b[end] != '|' && s.b[end] != '"' {
		end++
	}
	s.value.end = max(s.value.end, end)
	for end > start && bytes.IndexByte([]byte(".)]"), s.b[end-1]) >= 0 {
		end--
	}
	return end
}

// maxMutex is how long the name of one may be (MAX_PATH of Windows).
const maxMutex = 260

func (s *scanner) mutex(p int) int {
	start, quote := s.valueAfter(p)
	if start == 0 {
		return 0
	}
	end := s.valueEnd(start, quote)
	if end-start < 3 || end-start > maxMutex {
		return 0
	}
	s.take(kMutex, start, end, byLabel)
	return end
}

// agentAfter reads the value of a User-Agent header.
func (s *scanner) agentAfter(p int) int {
	start, quote := s.valueAfter(p)
	if start == 0 {
		return 0
	}
	end := s.agentEnd(start, quote)
	if end-start < 3 {
		return 0
	}
	s.take(kUserAgent, start, end, byLabel)
	return end
}

// userAgent reads what browsers call themselves: it begins with "Mozilla/".
func (s *scanner) userAgent(p, e int) int {
	if !s.wants(1<<kUserAgent) || !s.exact(p, e, "Mozilla") || s.at(e) != '/' || !is(s.at(e+1), cDigit) {
		return 0
	}
	quote := s.at(p - 1)
	if quote != '"' && quote != '\'' && quote != '`' {
		quote = 0
	}
	end := s.agentEnd(p, quote)
	s.take(kUserAgent, p, end, byShape)
	return end
}

// agentEnd reads products and comments: "Name/1.0 (…) Name/2.0".
func (s *scanner) agentEnd(start int, quote byte) int {
	_, line := s.lineBounds(start)
	if quote != 0 {
		if i := bytes.IndexByte(s.b[start:line], quote); i > 0 {
			return start + i
		}
	}
	p, end := start, start
	for p < line {
		if s.b[p] == '(' {
			i := bytes.IndexByte(s.b[p:line], ')')
			if i < 0 {
				return end
			}
			p += i + 1
		} else {
			for p < line && (is(s.b[p], cToken) || s.b[p] == '/' || s.b[p] == '+' || s.b[p] == ':') {
				p++
			}
		}
		if p == end {
			return end
		}
		end = p
		if s.at(p) != ' ' {
			return end
		}
		next := p + 1
		if s.at(next) != '(' && !s.productAt(next, line) {
			return end
		}
		p = next
	}
	return end
}

// productAt reports whether "Name/1" stands at p, or the "like" of a comment.
func (s *scanner) productAt(p, line int) bool {
	q := p
	for q < line && (is(s.b[q], cToken) || s.b[q] == '+') {
		q++
	}
	return q > p && s.at(q) == '/' && is(s.at(q+1), cAlnum)
}

// socialURL reads the account from the URL in u, which ends at end and whose
// host is in s.host.
func (s *scanner) socialURL(u *urlHost, end int) {
	if u.kind != kDomain || s.at(u.end) != '/' {
		return
	}
	network, path := networkOf(string(s.host.text), s.text[u.end+1:end])
	account := []byte(path)
	if i := bytes.IndexAny(account, "/?#"); i >= 0 {
		account = account[:i]
	}
	account = bytes.TrimPrefix(account, []byte("@"))
	if network != "" && isAccount(account) {
		s.takeText(kSocial, u.start, end, append([]byte(network+":"), account...), byURL)
	}
}

// networkOf names the network of a host and gives the part of the path that
// begins with the account; "" if it is none or not an account's page.
func networkOf(host, path string) (network, rest string) {
	host = trimWWW(host)
	first, after, _ := bytes.Cut([]byte(path), []byte("/"))
	switch host {
	case "t.me", "telegram.me":
		if string(first) == "s" {
			return "telegram", string(after)
		}
		network = "telegram"
	case "twitter.com", "x.com", "mobile.twitter.com":
		network = "twitter"
	case "instagram.com":
		network = "instagram"
	case "facebook.com", "m.facebook.com", "fb.com":
		network = "facebook"
	case "github.com":
		network = "github"
	case "tiktok.com":
		network = "tiktok"
	case "pinterest.com":
		network = "pinterest"
	case "wa.me":
		network = "whatsapp"
	case "linkedin.com":
		if string(first) != "in" && string(first) != "company" {
			return "", ""
		}
		return "linkedin", string(after)
	case "youtube.com":
		switch string(first) {
		case "c", "user", "channel":
			return "youtube", string(after)
		}
		if len(first) == 0 || first[0] != '@' {
			return "", ""
		}
		network = "youtube"
	}
	switch string(first) {
	case "share", "sharer", "intent", "hashtag", "search", "login", "home", "explore", "settings", "about", "features", "joinchat", "p", "reel", "watch", "groups", "pages", "i", "addstickers", "orgs", "topics", "marketplace", "dialog", "plugins", "profile.php", "events", "hc", "tr", "business", "help", "privacy", "legal", "policies", "policy", "terms", "tos":
		return "", ""
	}
	return network, path
}

func trimWWW(host string) string {
	if len(host) > 4 && host[:4] == "www." {
		return host[4:]
	}
	return host
}

func isAccount(b []byte) bool {
	if len(b) < 2 || len(b) > 50 {
		return false
	}
	for _, c := range b {
		if !is(c, cToken) && c != '+' {
			return false
		}
	}
	return true
}

// socialLabel reads "Telegram: @name" and "Twitter (@name)".
func (s *scanner) socialLabel(network []byte, p int) int {
	q := p
	for q < p+16 && bytes.IndexByte([]byte(" :=(|\t`\"'"), s.at(q)) >= 0 && s.at(q) != 0 {
		q++
	}
	if s.at(q) != '@' {
		return 0
	}
	end := q + 1
	for is(s.at(end), cLabel) && end < q+50 {
		end++
	}
	if !isAccount(s.b[q+1 : end]) {
		return 0
	}
	s.takeText(kSocial, q, end, append(append(network, ':'), s.b[q+1:end]...), byLabel)
	return end
}

// yara reads a whole rule. Its value is its text.
func (s *scanner) yara(p, e int) int {
	if !s.wants(1<<kYARA) || !s.exact(p, e, "rule") || s.at(e) != ' ' || s.afterText(p) {
		return 0
	}
	q := e + 1
	for is(s.at(q), cLabel) {
		q++
	}
	if q == e+1 {
		return 0
	}
	limit := min(len(s.b), p+maxURL/2)
	for q < limit && s.b[q] != '{' { // tags
		if c := s.b[q]; !is(c, cLabel) && c != ' ' && c != ':' && c != '\n' && c != '\r' && c != '\t' {
			return 0
		}
		q++
	}
	end := s.braceEnd(q, limit)
	if end == 0 || !bytes.Contains(s.b[q:end], []byte("condition:")) {
		return 0
	}
	s.take(kYARA, p, end, byShape)
	return end
}

// afterText reports whether more than a modifier stands before p on its line.
func (s *scanner) afterText(p int) bool {
	start, _ := s.lineBounds(p)
	switch string(bytes.TrimSpace(s.b[start:p])) {
	case "", "private", "global", "private global", "global private":
		return false
	}
	return true
}

// braceEnd returns where the brace that opens at p is closed, strings and
// comments aside; 0 if it is not before limit.
func (s *scanner) braceEnd(p, limit int) int {
	depth := 0
	for ; p < limit; p++ {
		switch c := s.b[p]; c {
		case '{':
			depth++
		case '\n':
			if _, ok := s.word(p+1, "rule "); ok {
				return 0 // the one before was not closed
			}
		case '}':
			if depth--; depth == 0 {
				return p + 1
			}
		case '"':
			for p++; p < limit && s.b[p] != '"' && s.b[p] != '\n'; p++ {
				if s.b[p] == '\\' {
					p++
				}
			}
		case '/':
			if s.at(p+1) == '/' {
				for p < limit && s.b[p] != '\n' {
					p++
				}
			}
		}
	}
	return 0
}
