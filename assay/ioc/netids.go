package ioc

import "bytes"

// asn reads an AS number: "AS64496", "ASN 64496", "ASN: AS64496".
func (s *scanner) asn(p, e int) int {
	if !s.wants(1<<kASN) || s.b[p] != 'A' && s.b[p] != 'a' || s.at(p+1)|0x20 != 's' {
		return 0
	}
	digits := p + 2
	long := s.at(digits)|0x20 == 'n'
	if long {
		digits++
	}
	if digits == e {
		if !long && !s.exact(p, e, "AS") {
			return 0
		}
		for n := 0; n < 3 && (s.at(digits) == ' ' || s.at(digits) == ':' || s.at(digits) == '#'); n++ {
			digits++
		}
		if digits == e {
			return 0
		}
	} else if !long && s.text[p:p+2] != "AS" {
		return 0
	}
	end := s.digitsFrom(digits)
	var n uint64
	for _, c := range s.b[digits:end] {
		n = n*10 + uint64(c-'0')
	}
	if end == digits || end-digits > 10 || n == 0 || n > 1<<32-1 || s.b[digits] == '0' || is(s.at(end), cLabel) ||
		s.at(end) == '.' && is(s.at(end+1), cAlnum) || !long && n == 400 { // a computer
		return 0
	}
	if q, how := s.dotAt(end); how&symDefanged != 0 && how&symBare == 0 && s.labelAt(q) {
		return 0 // asn4[.]xyz
	}
	s.takeText(kASN, p, end, append([]byte("AS"), s.b[digits:end]...), byID)
	return end
}

// mac reads six pairs of digits, with ':' or '-', or three groups of four with
// '.'. Firewalls print the two addresses and the type of a frame in one row.
func (s *scanner) mac(p, e int) int {
	if !s.wants(1<<kMAC) || s.at(p-1) == ':' || s.at(p-1) == '-' {
		return 0
	}
	sep := s.at(e)
	if e-p == 4 && sep == '.' && s.hexFrom(p, 4) == e && s.at(p-1) != '.' {
		if s.hexFrom(p+5, 5) == p+9 && s.at(p+9) == '.' && s.hexFrom(p+10, 5) == p+14 && !is(s.at(p+14), cToken) {
			s.takeMAC(p, p+14)
			return p + 14
		}
		return 0
	}
	if e-p != 2 || sep != ':' && sep != '-' {
		return 0
	}
	groups, q := 0, p
	for s.hexFrom(q, 3) == q+2 && groups < 20 {
		groups++
		q += 2
		if s.at(q) != sep {
			break
		}
		q++
	}
	end := p + 3*groups - 1
	if q != end || is(s.at(end), cAlnum) {
		return 0
	}
	if groups == 14 && bytes.HasSuffix(s.b[:p], []byte("MAC=")) {
		s.takeMAC(p, p+17)
		s.takeMAC(p+18, p+35)
	} else if groups == 6 {
		s.takeMAC(p, end)
	}
	return end
}

func (s *scanner) takeMAC(start, end int) {
	value := make([]byte, 0, 17)
	for _, c := range s.b[start:end] {
		if !is(c, cHex) {
			continue
		}
		if len(value)%3 == 2 {
			value = append(value, ':')
		}
		value = append(value, lower(c))
	}
	s.takeText(kMAC, start, end, value, byShape)
}

// uuid reads 8-4-4-4-12 digits.
func (s *scanner) uuid(p, e int) int {
	if !s.wants(1<<kUUID) || e-p != 8 || s.at(e) != '-' || s.at(p-1) == '-' {
		return 0
	}
	q := p
	for i, n := range [...]int{8, 4, 4, 4, 12} {
		if i > 0 {
			if s.at(q) != '-' {
				return 0
			}
			q++
		}
		if s.hexFrom(q, n) != q+n {
			return 0
		}
		q += n
	}
	if is(s.at(q), cLabel) {
		return 0
	}
	value := bytes.ToLower(s.b[p:q])
	s.takeText(kUUID, p, q, value, byShape)
	return q
}

// attackID reads the ids of MITRE ATT&CK: techniques (T1059, T1059.001),
// tactics (TA0001), groups (G0016), software (S0154), mitigations (M1036),
// campaigns (C0001) and data sources (DS0001).
func (s *scanner) attackID(p, e int) int {
	if !s.wants(1<<kATTACK) || e-p < 5 || e-p > 6 || s.at(p-1) == '-' || s.at(e) == '-' {
		return 0
	}
	digits := p + 1
	switch s.text[p:digits] {
	case "T":
		if s.b[digits] == 'A' {
			digits++
		}
	case "D":
		if s.b[digits] != 'S' {
			return 0
		}
		digits++
	case "G", "S", "M", "C":
	default:
		return 0
	}
	if e-digits != 4 || s.digitsFrom(digits) != e {
		return 0
	}
	number := s.text[digits:e]
	end := e
	switch s.text[p:digits] {
	case "T", "M":
		if number[0] != '1' {
			return 0
		}
	case "G", "C", "TA", "DS":
		if number[0] != '0' {
			return 0
		}
	case "S":
		if number[0] != '0' && number[0] != '1' {
			return 0
		}
	}
	if s.b[p] == 'T' && digits == p+1 && s.at(e) == '.' && s.digitsFrom(e+1) == e+4 {
		end = e + 4
	}
	if is(s.at(end), cAlnum) {
		return 0
	}
	s.take(kATTACK, p, end, byID)
	return end
}

// arn reads "arn:aws:iam::123456789012:role/name".
func (s *scanner) arn(p, e int) int {
	if !s.wants(1<<kARN) || !s.exact(p, e, "arn") || !bytes.HasPrefix(s.b[e:], []byte(":aws")) {
		return 0
	}
	colons, q := 0, e
	for high := min(len(s.b), p+1024); q < high; q++ {
		c := s.b[q]
		if c == ':' {
			colons++
		} else if !is(c, cToken) && (colons < 5 || bytes.IndexByte([]byte("/*+=,@$"), c) < 0) {
			break
		}
	}
	for q > e+1 && bytes.IndexByte([]byte(".,:"), s.b[q-1]) >= 0 {
		q--
	}
	if _, rest, _ := bytes.Cut(s.b[e+1:q], []byte(":")); colons < 5 || len(rest) < 4 {
		return 0
	}
	s.take(kARN, p, q, byShape)
	return q
}

// webID reads the ids that tie web sites to one owner: UA-12345-1, G-…, GTM-…,
// pub-….
func (s *scanner) webID(p, e int) int {
	if !s.wants(1<<kAnalytics|1<<kTagManager|1<<kAdSense) || s.at(e) != '-' {
		return 0
	}
	word := s.text[p:e]
	next := e + 1
	end := next
	for end < next+20 && is(s.at(end), cAlnum) {
		end++
	}
	n := end - next
	switch word {
	case "UA":
		number := s.digitsFrom(next)
		if number-next < 4 || number-next > 10 || s.at(number) != '-' {
			return 0
		}
		if end = s.digitsFrom(number + 1); end == number+1 || end > number+5 || is(s.at(end), cLabel) {
			return 0
		}
		s.take(kAnalytics, p, end, byShape)
	case "G":
		if n != 10 || !s.capitalsAndDigits(next, end) {
			return 0
		}
		s.take(kAnalytics, p, end, byShape)
	case "GTM":
		if n < 4 || n > 9 || !s.isUpper(next, end) {
			return 0
		}
		s.take(kTagManager, p, end, byShape)
	case "pub":
		if n != 16 || s.digitsFrom(next) != end || is(s.at(end), cLabel) {
			return 0
		}
		s.take(kAdSense, p, end, byShape)
	default:
		return 0
	}
	return end
}

func (s *scanner) isUpper(start, end int) bool {
	for _, c := range s.b[start:end] {
		if !is(c, cUpper|cDigit) {
			return false
		}
	}
	return !is(s.at(end), cLabel)
}

// capitalsAndDigits reports whether text[start:end] has both and nothing else.
func (s *scanner) capitalsAndDigits(start, end int) bool {
	digits := 0
	for _, c := range s.b[start:end] {
		if is(c, cDigit) {
			digits++
		}
	}
	return s.isUpper(start, end) && digits > 0 && digits < end-start
}

// tlp reads a Traffic Light Protocol marking.
func (s *scanner) tlp(p, e int) int {
	if !s.wants(1<<kTLP) || e-p != 3 || !foldEqual(s.b[p:e], "tlp") || s.at(e) != ':' {
		return 0
	}
	color := e + 1
	for s.at(color) == ' ' && color < e+3 {
		color++
	}
	for _, w := range [...]string{"red", "amber+strict", "amber", "green", "clear", "white"} {
		if end, ok := s.word(color, w); ok && !is(s.at(end), cLabel) {
			value := append([]byte("TLP:"), bytes.ToUpper([]byte(w))...)
			s.takeText(kTLP, p, end, value, byLabel)
			return end
		}
	}
	return 0
}

// phone reads a number in international form: "+49 30 1234567".
func (s *scanner) phone(p int) int {
	if !s.wants(1<<kPhone) || !is(s.at(p+1), cDigit) || s.b[p+1] == '0' || is(s.at(p-1), cLabel) && !s.escapeBefore(p) || s.at(p-1) == '+' {
		return 0
	}
	value := []byte{'+'}
	q, end := p+1, p+1
	for q < min(len(s.b), p+32) {
		switch c := s.b[q]; {
		case is(c, cDigit):
			value = append(value, c)
			end = q + 1
		case (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/') && !(c == ' ' && s.at(q-1) == ' '):
		default:
			q = len(s.b)
		}
		q++
	}
	if n := len(value) - 1; n < 9 || n > 15 || is(s.at(end), cAlnum|cDigit) {
		return 0
	}
	s.takeText(kPhone, p, end, value, byShape)
	return end
}

// iban reads a bank account number and verifies its check digits.
func (s *scanner) iban(p, e int) int {
	if !s.wants(1<<kIBAN) || e-p < 4 || !is(s.b[p], cUpper) || !is(s.b[p+1], cUpper) || !is(s.b[p+2], cDigit) || !is(s.b[p+3], cDigit) {
		return 0
	}
	want := ibanLength(s.text[p : p+2])
	if want == 0 {
		return 0
	}
	value := make([]byte, 0, 34)
	q := p
	for ; q < len(s.b) && len(value) < want; q++ {
		c := s.b[q]
		if c == ' ' && len(value)%4 == 0 && is(s.at(q+1), cAlnum) {
			continue
		}
		if !is(c, cUpper|cDigit) {
			return 0
		}
		value = append(value, c)
	}
	if len(value) != want || is(s.at(q), cAlnum) {
		return 0
	}
	mod := 0
	for i := range value {
		c := value[(i+4)%len(value)]
		if is(c, cDigit) {
			mod = (mod*10 + int(c-'0')) % 97
		} else {
			mod = (mod*100 + int(c-'A') + 10) % 97
		}
	}
	if mod != 1 {
		return 0
	}
	s.takeText(kIBAN, p, q, value, byChecksum)
	return q
}

// ibanLength is how long the IBANs of a country are, by the IBAN registry.
func ibanLength(country string) int {
	const lengths = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22" +
		"GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18" +
		"NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30"
	for i := 0; i < len(lengths); i += 4 {
		if lengths[i:i+2] == country {
			return int(lengths[i+2]-'0')*10 + int(lengths[i+3]-'0')
		}
	}
	return 0
}
