package ioc

// fuzzyHash reads ssdeep ("96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:…")
// and TLSH ("T1" and 70 digits; without "T1" where it is labelled).
func (s *scanner) fuzzyHash(p, e int) int {
	switch {
	case s.wants(1<<kSSDeep) && s.at(e) == ':' && e-p < 11 && s.digitsFrom(p) == e:
		return s.ssdeep(p, e)
	case s.wants(1<<kTLSH) && e-p == 72 && s.exact(p, p+2, "T1") && s.hexFrom(p+2, 70) == e:
		s.take(kTLSH, p, e, byShape)
		return e
	case s.wants(1<<kTLSH) && e-p == 70 && s.hexFrom(p, 70) == e && s.labelledBy(p, "tlsh"):
		s.take(kTLSH, p, e, byLabel)
		return e
	}
	return 0
}

func (s *scanner) ssdeep(p, e int) int {
	if c := s.at(p - 1); c == ':' || c == '.' || c == '-' || c == '/' {
		return 0
	}
	first := s.base64From(e + 1)
	if first-e < 7 || first-e > 65 || s.at(first) != ':' {
		return 0
	}
	end := s.base64From(first + 1)
	if n := end - first; n < 4 || n > 65 || n > first-e+1 {
		return 0
	}
	s.take(kSSDeep, p, end, byShape)
	return end
}

func (s *scanner) base64From(p int) int {
	for high := min(len(s.b), p+66); p < high && (is(s.b[p], cAlnum) || s.b[p] == '/' || s.b[p] == '+'); {
		p++
	}
	return p
}

// labelledBy reports whether w is the word before p.
func (s *scanner) labelledBy(p int, w string) bool {
	low, _ := s.lineBounds(p)
	found := false
	wordsBack(s.b[max(low, p-32):p], 2, func(word []byte) bool {
		found = found || foldEqual(word, w)
		return !found
	})
	return found
}

// ja4 reads "t13d1516h2_8daaf6152771_02713d6af862".
func (s *scanner) ja4(p, e int) int {
	if !s.wants(1<<kJA4) || e-p != 10 || s.at(e) != '_' {
		return 0
	}
	head := s.b[p:e]
	if c := head[0]; c != 't' && c != 'q' && c != 'd' {
		return 0
	}
	if !allDigits(head[4:8]) || head[3] != 'd' && head[3] != 'i' {
		return 0
	}
	if s.hexFrom(e+1, 13) != e+13 || s.at(e+13) != '_' || s.hexFrom(e+14, 13) != e+26 || is(s.at(e+26), cLabel) {
		return 0
	}
	s.take(kJA4, p, e+26, byShape)
	return e + 26
}
