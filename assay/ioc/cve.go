package ioc

// cve looks at the "cv" of a possible CVE id: "CVE-2021-44228", also with
// other dashes, with '_' or a blank.
func (s *scanner) cve(p int) {
	if s.at(p+2)|0x20 != 'e' || is(s.at(p-1), cAlnum) && !s.escapeBefore(p) {
		return
	}
	year := s.dashAt(p + 3)
	if year == 0 {
		return
	}
	for i := range 4 {
		if !is(s.at(year+i), cDigit) {
			return
		}
	}
	if c := s.text[year : year+2]; c != "19" && c != "20" {
		return
	}
	num := s.dashAt(year + 4)
	if num == 0 {
		return
	}
	end := num
	for end < num+8 && is(s.at(end), cDigit) {
		end++
	}
	if end-num < 4 || end-num > 7 {
		return
	}
	val := len(s.arena)
	s.arena = append(s.arena, "CVE-"...)
	s.arena = append(s.arena, s.b[year:year+4]...)
	s.arena = append(s.arena, '-')
	s.arena = append(s.arena, s.b[num:end]...)
	s.takeArena(kCVE, p, end, val, byID)
}

// dashAt reads a dash of any kind and returns where it ends, or 0.
func (s *scanner) dashAt(p int) int {
	switch s.at(p) {
	case '-', '_', ' ':
		return p + 1
	case 0xe2: // U+2010 to U+2015
		if s.at(p+1) == 0x80 && s.at(p+2) >= 0x90 && s.at(p+2) <= 0x95 {
			return p + 3
		}
	}
	return 0
}
